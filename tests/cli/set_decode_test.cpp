// tocsin set decode
#include <gmock/gmock.h>

#include "base/base64url.h"
#include "cli/sets.h"

namespace tocsin::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A token whose signature is nobody's.
std::string unsigned_token(std::string_view payload) {
  return base64url_encode(R"({"typ":"secevent+jwt","alg":"RS256","kid":"k1"})") + "." +
         base64url_encode(payload) + ".AAAA";
}

TEST(SetDecode, ShowsEverythingAndSaysThatNothingIsVerified) {
  const Workplace place;
  const Answer answer = place.tocsin({"set", "decode"}, {.input = unsigned_token(good_claims)});
  EXPECT_EQ(answer.exit, 0);
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(answer.out,
            R"(not verified: the signature was not checked, anybody can have written this
header {
  "typ": "secevent+jwt",
  "alg": "RS256",
  "kid": "k1"
}
claims {
  "iss": "https://idp.example.com",
  "jti": "756E69",
  "iat": 1756500000,  // 2025-08-29T20:40:00Z
  "aud": "https://rp.example.com",
  "txn": "8675309",
  "sub_id": {
    "format": "email",
    "email": "jdoe@example.com"
  },
  "events": {
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {}
  }
}
)");
}

TEST(SetDecode, SaysSoInJsonToo) {
  const Workplace place;
  const Answer answer =
      place.tocsin({"set", "decode", "--output", "json", unsigned_token(R"({"a":1})")});
  EXPECT_EQ(answer.exit, 0);
  EXPECT_EQ(answer.out,
            R"({"verified":false,"header":{"typ":"secevent+jwt","alg":"RS256","kid":"k1"},)"
            R"("claims":{"a":1}})"
            "\n");
}

TEST(SetDecode, SEC_58_NothingInATokenReachesTheTerminalRaw) {
  const Workplace place;
  const std::string token =
      unsigned_token("{\"iss\":\"a\\u001b[2J\u202e\",\"n\\u0000\":\"\u009b31m\"}");
  for (const std::string output : {"text", "json"}) {
    const Answer answer = place.tocsin({"set", "decode", "--output", output, token});
    EXPECT_EQ(answer.exit, 0);
    for (const std::string_view raw : {"\x1b", "\u202e", "\u009b"}) {
      EXPECT_THAT(answer.out + answer.err, Not(HasSubstr(raw)));
    }
    EXPECT_THAT(answer.out, HasSubstr(R"(a\u001b[2J\u202e)"));
  }
}

TEST(SetDecode, ShowsWhatItCanOfABrokenToken) {
  const Workplace place;
  const Answer answer = place.tocsin({"set", "decode", unsigned_token(R"({"a":1,"a":2})")});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_THAT(answer.out, HasSubstr(R"("alg": "RS256")"));
  EXPECT_THAT(answer.err, StartsWith("error: claims: json.duplicate: "));
  EXPECT_THAT(answer.err, HasSubstr("note: `tocsin set lint` says more\n"));
}

TEST(SetDecode, ShowsTheHeaderOfAnEncryptedToken) {
  const Workplace place;
  const std::string header = base64url_encode(R"({"alg":"RSA-OAEP-256","enc":"A256GCM"})");
  const Answer answer = place.tocsin({"set", "decode", header + ".AA.AA.AA.AA"});
  EXPECT_EQ(answer.exit, 0);
  EXPECT_THAT(answer.out, HasSubstr(R"("enc": "A256GCM")"));
  EXPECT_EQ(answer.err, "note: the token is encrypted: only its header can be shown\n");
}

TEST(SetDecode, RefusesWhatIsNoToken) {
  const Workplace place;
  const Answer answer = place.tocsin({"set", "decode"}, {.input = "hello"});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(answer.err,
            "error: jose.serialization: The token is not in JWS compact serialization. (a SET has "
            "three segments, this has 1)\n");
}

TEST(SetDecode, SEC_48_ReadsNoMoreThanItsLimit) {
  const Workplace place;
  const Answer answer = place.shell("tocsin set decode < /dev/zero");
  EXPECT_EQ(answer.exit, 2);
  EXPECT_EQ(answer.err, "error: stdin: larger than 1048576 bytes\n");
}

}  // namespace
}  // namespace tocsin::test
