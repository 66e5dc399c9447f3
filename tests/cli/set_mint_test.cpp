// tocsin set mint
#include <gmock/gmock.h>

#include "base/base64url.h"
#include "cli/sets.h"

namespace tocsin::test {
namespace {

using testing::HasSubstr;

class SetMint : public testing::Test {
 protected:
  void SetUp() override {
    const std::vector<std::string> make{"key", "new", "--alg", "ES256", "--kid", "k1", "--out"};
    std::vector<std::string> arguments = make;
    arguments.push_back("k.json");
    ASSERT_EQ(place_.tocsin(arguments).exit, 0);
  }

  Answer mint(std::vector<std::string> more, const Call& call = {}) const {
    std::vector<std::string> arguments{"set", "mint", "--key", "k.json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return place_.tocsin(arguments, call);
  }

  // One part of a compact token.
  static Json segment(const Answer& answer, std::size_t index) {
    EXPECT_EQ(answer.exit, 0) << answer.err;
    const auto parts = split(answer.out.substr(0, answer.out.size() - 1), '.');
    EXPECT_EQ(parts.size(), 3U);
    return parse_json(base64url_decode(parts.at(index)).value()).value();
  }

  const Workplace place_;
};

const std::vector<std::string> from_flags{"--iss",     "https://idp.example.com",
                                          "--aud",     "https://rp.example.com",
                                          "--event",   "caep:session-revoked",
                                          "--txn",     "8675309",
                                          "--subject", "email:jdoe@example.com",
                                          "--jti",     "756E69",
                                          "--iat",     "1756500000"};

TEST_F(SetMint, SignsWhatItsFlagsSay) {
  const Answer answer = mint(from_flags);
  EXPECT_EQ(segment(answer, 1), parse_json(good_claims).value());
  EXPECT_EQ(to_text(segment(answer, 0)), R"({"typ":"secevent+jwt","alg":"ES256","kid":"k1"})");
  EXPECT_EQ(answer.err, "");
}

TEST_F(SetMint, SignsClaimsFromAFileStdinOrTheCommandLine) {
  place_.folder().write("claims.json", std::string(good_claims) + "\n");
  const Json claims = parse_json(good_claims).value();
  EXPECT_EQ(segment(mint({"claims.json"}), 1), claims);
  EXPECT_EQ(segment(mint({"-"}, {.input = std::string(good_claims)}), 1), claims);
  EXPECT_EQ(segment(mint({}, {.input = std::string(good_claims)}), 1), claims);
  EXPECT_EQ(segment(mint({std::string(good_claims)}), 1), claims);
}

TEST_F(SetMint, LetsFlagsWinOverClaims) {
  const Json minted =
      segment(mint({std::string(good_claims), "--txn", "42", "--aud", "https://a", "--aud",
                    "https://b", "--event", "risc:account-purged", "--subject", "opaque:1"}),
              1);
  const JsonObject& claims = *minted.as_object();
  EXPECT_EQ(*claims.find("txn"), Json("42"));
  EXPECT_EQ(*claims.find("aud"), Json(JsonArray{"https://a", "https://b"}));
  EXPECT_EQ(to_text(*claims.find("sub_id")), R"({"format":"opaque","id":"1"})");
  EXPECT_EQ(to_text(*claims.find("events")),
            R"({"https://schemas.openid.net/secevent/risc/event-type/account-purged":{}})");
  EXPECT_EQ(*claims.find("iss"), Json("https://idp.example.com"));
}

TEST_F(SetMint, PutsMembersIntoTheEvent) {
  std::vector<std::string> flags = from_flags;
  flags.insert(flags.end(),
               {"--member", "event_timestamp=1756499999", "--member", "initiating_entity=admin",
                "--member", R"(reason_admin={"en":"Landspeed: 42"})"});
  const Json minted = segment(mint(flags), 1);
  const JsonObject& events = *minted.as_object()->find("events")->as_object();
  EXPECT_EQ(to_text(events.begin()->value),
            R"({"event_timestamp":1756499999,"initiating_entity":"admin",)"
            R"("reason_admin":{"en":"Landspeed: 42"}})");
}

TEST_F(SetMint, SEC_36_MakesAFreshJtiEachTime) {
  const std::string claims = claims_with(R"("jti":"756E69",)", "");
  const Json one = segment(mint({claims}), 1);
  const Json two = segment(mint({claims}), 1);
  const std::string& jti = *one.as_object()->find("jti")->as_string();
  EXPECT_EQ(jti.size(), 22U);  // 128 bits
  EXPECT_NE(jti, *two.as_object()->find("jti")->as_string());
}

TEST_F(SetMint, AnswersAsJson) {
  std::vector<std::string> flags = from_flags;
  flags.insert(flags.end(), {"--output", "json"});
  const Answer answer = mint(flags);
  EXPECT_EQ(answer.exit, 0);
  const Json json = parse_json(answer.out.substr(0, answer.out.size() - 1)).value();
  const JsonObject& members = *json.as_object();
  EXPECT_EQ(*members.find("alg"), Json("ES256"));
  EXPECT_EQ(*members.find("kid"), Json("k1"));
  EXPECT_EQ(*members.find("claims"), parse_json(good_claims).value());
  EXPECT_EQ(split(*members.find("set")->as_string(), '.').size(), 3U);
}

TEST_F(SetMint, RefusesWhatAReceiverWouldRefuseAndSaysEverything) {
  const Answer answer = mint({claims_with(R"("jti":"756E69",)", R"("exp":1,"jti":"",)")});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(answer.err,
            "error: claim.forbidden at /exp: exp must not be present (SSF 1.0 4.1.7)\n"
            "error: claim.value at /jti: empty (RFC 8417 2.2)\n");
}

TEST_F(SetMint, RefusesASubjectThatIsNone) {
  std::vector<std::string> flags = from_flags;
  flags.insert(flags.end(), {"--subject", R"({"format":"email"})"});
  flags.erase(flags.begin() + 8, flags.begin() + 10);  // the good subject
  const Answer answer = mint(flags);
  EXPECT_EQ(answer.exit, 1);
  EXPECT_EQ(answer.err, "error: subject.member at /sub_id: there is no email (RFC 9493 3.2.2)\n");
}

TEST_F(SetMint, HoldsTheInteroperabilityProfileWhenAsked) {
  const Answer plain = mint({std::string(good_claims)});
  EXPECT_EQ(plain.exit, 0);
  const Answer interop = mint({std::string(good_claims), "--profile", "caep-interop"});
  EXPECT_EQ(interop.exit, 1);
  EXPECT_THAT(interop.err, HasSubstr("reason_admin"));
}

TEST_F(SetMint, SaysWhichWordOfTheCommandLineIsWrong) {
  const auto err_of = [&](std::vector<std::string> flags) {
    const Answer answer = mint(flags);
    EXPECT_EQ(answer.exit, 2) << answer.err;
    EXPECT_EQ(answer.out, "");
    return answer.err;
  };
  EXPECT_EQ(err_of({"--event", "ssf:verify"}),
            "error: --event ssf:verify: one of ssf:verification, ssf:stream-updated\n");
  EXPECT_EQ(err_of({"--event", "caep:session-revoked", "--subject", "jdoe"}),
            "error: --subject jdoe: a JSON object, or FORMAT:VALUE with a format of account, "
            "email, opaque, phone_number, did, uri, scim, iss_sub, jwt_id, saml_assertion_id\n");
  EXPECT_EQ(err_of({"--event", "caep:session-revoked", "--member", "x"}),
            "error: --member x: NAME=VALUE\n");
  EXPECT_EQ(err_of({"--member", "x=1", "--subject", "opaque:1"}),
            "error: --member needs the --event it belongs to\n");
  EXPECT_EQ(err_of({"--kid", "other", "{}"}), "error: no key has this kid; there are: k1\n");
  EXPECT_EQ(err_of({"missing.json"}), "error: missing.json: No such file or directory\n");
  EXPECT_EQ(err_of({"--profile", "x", "{}"}), "error: --profile x: one of ssf1, caep-interop\n");
}

TEST_F(SetMint, RefusesClaimsThatAreNoStrictJson) {
  const Answer broken = mint({"{\"iss\":"});
  EXPECT_EQ(broken.exit, 1);
  EXPECT_THAT(broken.err, testing::StartsWith("error: json.syntax: "));
  const Answer twice = mint({R"({"iss":"a","iss":"b"})"});
  EXPECT_EQ(twice.exit, 1);
  EXPECT_THAT(twice.err, testing::StartsWith("error: json.duplicate: "));
  EXPECT_EQ(mint({}, {.input = "[]"}).exit, 1);
}

TEST_F(SetMint, NeedsAKey) {
  const Answer answer = place_.tocsin({"set", "mint", "{}"});
  EXPECT_EQ(answer.exit, 2);
  EXPECT_EQ(answer.err, "error: --key is required\nnote: `tocsin set mint --help` shows how\n");
}

}  // namespace
}  // namespace tocsin::test
