// What we sign is what a strict receiver takes.
#include <gmock/gmock.h>

#include "base/base64url.h"
#include "set/sample.h"
#include "support/fixtures.h"
#include "support/matchers.h"

namespace tocsin {
namespace {

using test::FailsWith;
using test::sample_key;
using test::sample_set;

std::vector<std::string> segments(std::string_view compact) {
  return test::split(compact, '.');
}

TEST(Mint, MK_01_HD_03_TheHeaderIsTypAlgAndKidAndNothingElse) {
  const std::string compact = mint(sample_set(), sample_key()).value();
  EXPECT_EQ(base64url_decode(segments(compact).at(0)).value(),
            R"({"typ":"secevent+jwt","alg":"ES256","kid":")" + sample_key().kid() + "\"}");
}

TEST(Mint, MK_06_ClaimsStandInFixedOrderWithoutWhiteSpace) {
  const std::string compact = mint(sample_set(), sample_key()).value();
  EXPECT_EQ(base64url_decode(segments(compact).at(1)).value(),
            R"({"iss":"https://tr.example.com","jti":"24c63fb56e5a2d77a6b512616ca9fa24",)"
            R"("iat":1756500000,"aud":"https://rx.example.com/events","txn":"8675309",)"
            R"("sub_id":{"format":"email","email":"jdoe@example.com"},)"
            R"("events":{"https://schemas.openid.net/secevent/caep/event-type/session-revoked":)"
            R"({"event_timestamp":1756499990,"initiating_entity":"policy",)"
            R"("reason_admin":{"en":"Landspeed Policy Violation: C076E82F"}}}})");
}

TEST(Mint, MK_05_SeveralAudiencesAreAnArray) {
  SecurityEventToken claims = sample_set();
  claims.aud = {"https://a.example", "https://b.example"};
  EXPECT_EQ(*to_json(claims).as_object()->find("aud"),
            parse_json(R"(["https://a.example","https://b.example"])").value());
}

TEST(Mint, SEC_36_NoClaimCanBeSmuggledInAsUnknown) {
  for (const char* name : {"sub", "exp"}) {
    SecurityEventToken claims = sample_set();
    claims.other_claims.insert_or_assign(name, "x");
    EXPECT_THAT(mint(claims, sample_key()), FailsWith(Errc::claim_forbidden)) << name;
  }
}

TEST(Mint, UnknownClaimsNeverReplaceKnownOnes) {
  SecurityEventToken claims = sample_set();
  claims.other_claims.insert_or_assign("iss", "https://evil.example");
  EXPECT_THAT(mint(claims, sample_key()), FailsWith(Errc::json_duplicate));
}

TEST(Mint, VO_04_RefusesWhatAReceiverWouldRefuse) {
  SecurityEventToken claims = sample_set();
  claims.jti.clear();
  EXPECT_THAT(mint(claims, sample_key()), FailsWith(Errc::claim_value));

  claims = sample_set();
  claims.aud.clear();
  EXPECT_THAT(mint(claims, sample_key()), FailsWith(Errc::claim_value));

  claims = sample_set();
  claims.iss = "not a uri: at all";
  EXPECT_THAT(mint(claims, sample_key()), FailsWith(Errc::claim_value));

  claims = sample_set();
  claims.sub_id = email_subject("no-at-sign");
  EXPECT_THAT(mint(claims, sample_key()), FailsWith(Errc::subject_value));

  claims = sample_set();
  claims.event = caep::CredentialChange{};
  EXPECT_FALSE(mint(claims, sample_key()));

  claims = sample_set();
  claims.event = risc::SessionsRevoked{};
  EXPECT_THAT(mint(claims, sample_key()), FailsWith(Errc::event_deprecated));
}

TEST(Mint, EV_08_OneEventPerSet) {
  SecurityEventToken claims = sample_set();
  claims.more_events.push_back(risc::AccountDisabled{});
  EXPECT_THAT(mint(claims, sample_key()), FailsWith(Errc::events_count));
}

// Covers: SID-01.
TEST(Mint, SubjectMembersNobodyDescribedAreNotSent) {
  SecurityEventToken claims = sample_set();
  auto& email = std::get<EmailSubject>(std::get<SubjectIdentifier>(claims.sub_id));
  email.extra.insert_or_assign("note", "x");
  EXPECT_THAT(mint(claims, sample_key()), FailsWith(Errc::subject_extra));
}

}  // namespace
}  // namespace tocsin
