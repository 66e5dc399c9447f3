// tocsin set lint
#include <gmock/gmock.h>

#include "cli/sets.h"

namespace tocsin::test {
namespace {

using testing::HasSubstr;

// Where the events claim has its event, as a JSON Pointer.
#define SESSION_REVOKED \
  "/events/https:~1~1schemas.openid.net~1secevent~1caep~1event-type~1session-revoked"
#define CREDENTIAL_CHANGE \
  "/events/https:~1~1schemas.openid.net~1secevent~1caep~1event-type~1credential-change"

struct BrokenSet {
  std::string name;
  std::string text;
  std::string lines;
};

std::vector<BrokenSet> ten_broken_sets() {
  return {
      {"an expiry", claims_with(R"("txn")", R"("exp":1756503600,"txn")"),
       "error: claim.forbidden at /exp: exp must not be present (SSF 1.0 4.1.7)\n"
       "refused: 1 error, 0 warnings\n"},

      {"a subject of plain JWT",
       claims_with(R"("sub_id":{"format":"email","email")", R"("sub")")
           .replace(
               claims_with(R"("sub_id":{"format":"email","email")", R"("sub")").find("com\"},"), 6,
               "com\","),
       "error: claim.forbidden at /sub: sub must not be present; the subject is sub_id (SSF 1.0 "
       "4.1.2)\n"
       "error: claim.missing at the top: sub_id is missing (SSF 1.0 3.1)\n"
       "refused: 2 errors, 0 warnings\n"},

      {"no jti and nobody addressed",
       claims_with(R"("jti":"756E69","iat":1756500000,"aud":"https://rp.example.com",)",
                   R"("iat":1756500000,)"),
       "error: claim.missing at the top: jti is missing (RFC 8417 2.2)\n"
       "error: claim.missing at the top: aud is missing (SSF 1.0 4.1.8)\n"
       "refused: 2 errors, 0 warnings\n"},

      {"a member twice", claims_with(R"("txn")", R"("jti":"756E69","txn")"),
       "error: json.duplicate at the top: a member name occurs twice at byte 265 (RFC 8259 4, RFC "
       "7519 4)\n"
       "refused: 1 error, 0 warnings\n"},

      {"a subject without its member", claims_with(R"("email":"jdoe)", R"("mail":"jdoe)"),
       "error: subject.member at /sub_id: there is no email (RFC 9493 3.2.2)\n"
       "refused: 1 error, 0 warnings\n"},

      {"two subjects that differ",
       claims_with(R"(session-revoked":{)",
                   R"(session-revoked":{"subject":{"format":"opaque","id":"1"})"),
       "error: subject.conflict at " SESSION_REVOKED
       "/subject: The subject of the event contradicts sub_id. (SSF 1.0 3.1.4)\n"
       "refused: 1 error, 0 warnings\n"},

      {"two events",
       claims_with(R"(session-revoked":{})",
                   R"(session-revoked":{},"https://vendor.example.com/event":{})"),
       "error: events.count at /events: 2 events in one SET (SSF 1.0 4.2.1)\n"
       "warning: event.unknown at /events/https:~1~1vendor.example.com~1event: The event type is "
       "not known. (SSF 1.0 4.1.5)\n"
       "refused: 1 error, 1 warning\n"},

      {"a value off its list",
       claims_with(R"(session-revoked":{)",
                   R"(credential-change":{"credential_type":"password","change_type":"changed")"),
       "error: event.value at " CREDENTIAL_CHANGE
       "/change_type: \"changed\" is not on the list (CAEP 1.0 3.3.1)\n"
       "refused: 1 error, 0 warnings\n"},

      {"typ JWT", signed_set("J50"),
       "error: jose.typ at /header/typ: not secevent+jwt (SSF 1.0 4.1.1)\n"
       "refused: 1 error, 0 warnings\n"},

      {"alg none", signed_set("J60"),
       "error: jose.alg at /header/alg: unsecured (RFC 8725 3.2)\n"
       "refused: 1 error, 0 warnings\n"},

      {"claims changed after signing", signed_set("J81"),
       "error: jose.signature at the top: The signature does not verify. (RFC 7515 5.2)\n"
       "refused: 1 error, 0 warnings\n"},
  };
}

TEST(SetLint, NamesEachDefectOfTenBrokenSetsWithItsPlaceAndSection) {
  const Workplace place;
  place.folder().write("jwks.json", signed_set_keys());
  for (const BrokenSet& broken : ten_broken_sets()) {
    const Answer answer =
        place.tocsin({"set", "lint", "--keys", "jwks.json"}, {.input = broken.text});
    EXPECT_EQ(answer.out, broken.lines) << broken.name << "\n" << broken.text;
    EXPECT_EQ(answer.exit, 1) << broken.name;
  }
}

TEST(SetLint, HasNothingToSayAboutAGoodSet) {
  const Workplace place;
  place.folder().write("jwks.json", signed_set_keys());
  const Answer claims = place.tocsin({"set", "lint"}, {.input = std::string(good_claims)});
  EXPECT_EQ(claims.exit, 0);
  EXPECT_EQ(claims.out, "acceptable: nothing to remark\n");
  EXPECT_EQ(claims.err, "");
  const Answer token = place.tocsin({"set", "lint", "--keys", "jwks.json", signed_set("J01")});
  EXPECT_EQ(token.exit, 0);
  EXPECT_EQ(token.out, "acceptable: nothing to remark\n");
}

TEST(SetLint, SaysWhenItDidNotCheckTheSignature) {
  const Workplace place;
  const Answer answer = place.tocsin({"set", "lint", signed_set("J81")});
  EXPECT_EQ(answer.exit, 0);
  EXPECT_EQ(answer.err, "note: the signature was not checked; --keys names the keys\n");
}

TEST(SetLint, GoesOnAfterTheFirstDefect) {
  const Workplace place;
  const Answer answer = place.tocsin(
      {"set", "lint"},
      {.input = R"({"iss":17,"iat":"now","jti":"1","aud":[],"exp":1,)"
                R"("sub_id":{"format":"phone_number","phone_number":"0206"},"events":[]})"});
  EXPECT_EQ(answer.exit, 1);
  for (const std::string_view line :
       {"error: claim.forbidden at /exp: ", "error: claim.type at /iss: ",
        "error: claim.type at /iat: ", "error: claim.value at /aud: ",
        "error: events.structure at /events: ", "error: subject.value at /sub_id/phone_number: "}) {
    EXPECT_THAT(answer.out, HasSubstr(line));
  }
  EXPECT_THAT(answer.out, HasSubstr("refused: 6 errors, 0 warnings\n"));
}

TEST(SetLint, ComparesIssuerAndAudienceWhenTheyAreNamed) {
  const Workplace place;
  const Answer answer =
      place.tocsin({"set", "lint", "--iss", "https://other", "--aud", "https://me"},
                   {.input = std::string(good_claims)});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_THAT(answer.out, HasSubstr("error: claim.issuer at /iss: "));
  EXPECT_THAT(answer.out, HasSubstr("error: claim.audience at /aud: "));
}

TEST(SetLint, WarnsWithoutRefusing) {
  const Workplace place;
  const Answer answer =
      place.tocsin({"set", "lint"}, {.input = claims_with("session-revoked", "session-revokd")});
  EXPECT_EQ(answer.exit, 0);
  EXPECT_THAT(answer.out, testing::StartsWith("warning: event.unknown at /events/"));
  EXPECT_THAT(answer.out, testing::EndsWith("acceptable: 0 errors, 1 warning\n"));
}

TEST(SetLint, JudgesByStrictnessProfileAndDirection) {
  const Workplace place;
  const std::string claims =
      claims_with(R"(session-revoked":{)", R"(session-revoked":{"reason_admin":"policy")");
  const auto exit_with = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"set", "lint"});
    return place.tocsin(flags, {.input = claims}).exit;
  };
  EXPECT_EQ(exit_with({}), 1);
  EXPECT_EQ(exit_with({"--strictness", "interop"}), 0);
  EXPECT_EQ(exit_with({"--strictness", "lenient"}), 0);
  EXPECT_EQ(exit_with({"--profile", "caep-interop"}), 0);
}

TEST(SetLint, AnswersAsJson) {
  const Workplace place;
  const Answer answer = place.tocsin({"set", "lint", "--output", "json"},
                                     {.input = claims_with(R"("txn")", R"("exp":1,"txn")")});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_EQ(answer.out,
            R"({"acceptable":false,"findings":[{"refuses":true,"class":"claim.forbidden",)"
            R"("level":"must","path":"/exp","section":"SSF 1.0 4.1.7",)"
            R"("text":"A claim is present that a SET must not have.",)"
            R"("detail":"exp must not be present","err":"invalid_request"}]})"
            "\n");
  EXPECT_EQ(
      place.tocsin({"set", "lint", "--output", "json"}, {.input = std::string(good_claims)}).out,
      "{\"acceptable\":true,\"findings\":[]}\n");
}

TEST(SetLint, KnowsAJwsInJsonFromClaims) {
  const Workplace place;
  const Answer answer = place.tocsin({"set", "lint"}, {.input = signed_set("J25")});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_THAT(answer.out, testing::StartsWith("error: jose.serialization at the top: "));
}

TEST(SetLint, SEC_58_QuotesNothingRaw) {
  const Workplace place;
  const Answer answer =
      place.tocsin({"set", "lint"},
                   {.input = claims_with(R"(session-revoked":{)",
                                         "credential-change\":{\"credential_type\":\"password\","
                                         "\"change_type\":\"a\\u001b[2J\\nb\u202e\"")});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_THAT(answer.out, testing::Not(HasSubstr("\x1b")));
  EXPECT_THAT(answer.out, testing::Not(HasSubstr("\u202e")));
  EXPECT_EQ(std::count(answer.out.begin(), answer.out.end(), '\n'), 2);
}

}  // namespace
}  // namespace tocsin::test
