// tocsin set verify
#include <gmock/gmock.h>

#include "cli/sets.h"

namespace tocsin::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class SetVerify : public testing::Test {
 protected:
  void SetUp() override { place_.folder().write("jwks.json", signed_set_keys(), 0644); }

  Answer verify(const std::string& token, std::vector<std::string> more = {},
                std::string aud = "https://rx.example.com/events") const {
    std::vector<std::string> arguments{"set",   "verify", "--issuer", "https://tr.example.com",
                                       "--aud", aud,      "--keys",   "jwks.json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return place_.tocsin(arguments, {.input = token});
  }

  const Workplace place_;
};

TEST_F(SetVerify, PrintsTheClaimsOfASetThatHolds) {
  const Answer answer = verify(signed_set("J01"));
  EXPECT_EQ(answer.exit, 0);
  EXPECT_THAT(answer.out, StartsWith("verified: signed by https://tr.example.com\n"
                                     "claims {\n"
                                     "  \"iss\": \"https://tr.example.com\",\n"));
  EXPECT_THAT(answer.out, HasSubstr("\"iat\": 1756500000,  // 2025-08-29T20:40:00Z\n"));
}

TEST_F(SetVerify, AnswersAsJson) {
  const Answer good = verify(signed_set("J04"), {"--output", "json"});
  EXPECT_EQ(good.exit, 0);
  EXPECT_THAT(good.out,
              StartsWith(R"({"verified":true,"claims":{"iss":"https://tr.example.com",)"));
  const Answer bad = verify(signed_set("J81"), {"--output", "json"});
  EXPECT_EQ(bad.exit, 1);
  EXPECT_EQ(bad.out,
            R"({"verified":false,"class":"jose.signature","path":"","section":"RFC 7515 5.2",)"
            R"("text":"The signature does not verify.","detail":"","err":"invalid_key"})"
            "\n");
}

TEST_F(SetVerify, NamesTheDefectItsPlaceAndItsSection) {
  const auto err_of = [&](std::string_view id) {
    const Answer answer = verify(signed_set(id));
    EXPECT_EQ(answer.exit, 1);
    EXPECT_EQ(answer.out, "");
    std::string err = answer.err;
    while (err.starts_with("note: ")) err.erase(0, err.find('\n') + 1);
    return err;
  };
  EXPECT_EQ(err_of("J50"), "error: jose.typ at /header/typ: not secevent+jwt (SSF 1.0 4.1.1)\n");
  EXPECT_EQ(err_of("J60"), "error: jose.alg at /header/alg: unsecured (RFC 8725 3.2)\n");
  EXPECT_EQ(err_of("J68"),
            "error: jose.key at the top: no key has this kid and algorithm (RFC 7515 6)\n");
  EXPECT_EQ(err_of("J81"),
            "error: jose.signature at the top: The signature does not verify. (RFC 7515 5.2)\n");
}

TEST_F(SetVerify, SEC_25_ComparesIssuerAndAudience) {
  EXPECT_EQ(verify(signed_set("J01"), {}, "https://other.example.com").exit, 1);
  const Answer audience = verify(signed_set("J01"), {}, "https://other.example.com");
  EXPECT_THAT(audience.err, HasSubstr("claim.audience at /payload/aud"));
  const Answer issuer =
      place_.tocsin({"set", "verify", "--iss", "https://other.example.com", "--aud",
                     "https://rx.example.com/events", "--keys", "jwks.json", signed_set("J01")});
  EXPECT_EQ(issuer.exit, 1);
  EXPECT_THAT(issuer.err, HasSubstr("claim.issuer at /payload/iss"));
}

TEST_F(SetVerify, SEC_21_AllowsTheAlgorithmsOfTheProfileOnly) {
  EXPECT_EQ(verify(signed_set("J02")).exit, 0);  // PS256
  EXPECT_EQ(verify(signed_set("J05")).exit, 1);  // ES384
  const Answer answer = verify(signed_set("J04"), {"--profile", "caep-interop"});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_THAT(answer.err, HasSubstr("error: jose.alg at /header/alg: not allowed here"));
}

TEST_F(SetVerify, SaysWhichKeysItCouldNotUse) {
  EXPECT_THAT(verify(signed_set("J01")).err, HasSubstr("note: key 7 is not usable: jwks.key: "));
}

TEST_F(SetVerify, TakesASetFromAFileOrTheCommandLine) {
  place_.folder().write("set.jwt", signed_set("J01") + "\n");
  EXPECT_EQ(verify("", {"set.jwt"}).exit, 0);
  EXPECT_EQ(verify("", {signed_set("J01")}).exit, 0);
  EXPECT_EQ(verify(signed_set("J01"), {"-"}).exit, 0);
}

TEST_F(SetVerify, VerifiesWithAPemKey) {
  ASSERT_EQ(place_
                .shell("tocsin key new --out k.json && "
                       "tocsin key export --format pem k.json > public.pem")
                .exit,
            0);
  place_.folder().write("claims.json", good_claims);
  EXPECT_EQ(place_
                .shell("tocsin set mint --key k.json claims.json | "
                       "tocsin set verify --issuer https://idp.example.com "
                       "--aud https://rp.example.com --keys public.pem")
                .exit,
            0);
}

TEST_F(SetVerify, NeedsAnIssuerAndAnAudience) {
  const Answer issuer = place_.tocsin({"set", "verify", "--aud", "https://a", "set.jwt"});
  EXPECT_EQ(issuer.exit, 2);
  EXPECT_THAT(issuer.err, StartsWith("error: --issuer is required\n"));
  const Answer audience = place_.tocsin({"set", "verify", "--issuer", "https://a", "set.jwt"});
  EXPECT_EQ(audience.exit, 2);
  EXPECT_THAT(audience.err, StartsWith("error: --aud is required\n"));
}

TEST_F(SetVerify, TellsBrokenKeysFromABrokenSet) {
  place_.folder().write("jwks.json", "{}");
  const Answer answer = verify(signed_set("J01"));
  EXPECT_EQ(answer.exit, 2);
  EXPECT_THAT(answer.err, StartsWith("error: jwks.json: jwks.structure: "));
}

}  // namespace
}  // namespace tocsin::test
