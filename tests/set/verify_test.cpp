// One verifier: order of checks, what an unverified token can bring about, and what it cannot.
#include <gmock/gmock.h>

#include "set/sample.h"
#include "support/matchers.h"
#include "support/tokens.h"

namespace tocsin {
namespace {

using test::FailsWith;
using test::sample_key;
using test::sample_now;
using test::sample_policy;
using test::sample_set;
using test::Succeeds;

std::string header() {
  return R"({"typ":"secevent+jwt","alg":"ES256","kid":")" + sample_key().kid() + "\"}";
}

KeySet sample_keys() {
  return KeySet::of({sample_key()});
}

Result<VerifiedSet> verify_claims(const JsonObject& claims, const SetPolicy& policy) {
  return verify(test::sign(header(), to_text(claims), sample_key()), sample_keys(), policy,
                sample_now);
}

JsonObject sample_claims() {
  return *to_json(sample_set()).as_object();
}

TEST(Verify, ReturnsTheClaimsItChecked) {
  const std::string compact = mint(sample_set(), sample_key()).value();
  const auto set = verify(compact, sample_keys(), sample_policy(), sample_now);
  ASSERT_THAT(set, Succeeds());
  EXPECT_EQ((*set)->jti, "24c63fb56e5a2d77a6b512616ca9fa24");
  EXPECT_EQ((*set)->txn, "8675309");
  EXPECT_TRUE(is_same_entry((*set)->sub_id, email_subject("jdoe@example.com")));
  EXPECT_EQ(std::get<caep::SessionRevoked>((*set)->event).initiating_entity,
            caep::InitiatingEntity::policy);
  EXPECT_TRUE(set->warnings().empty());
}

TEST(Verify, SEC_25_OneDefectEachGetsItsCode) {
  struct Case {
    const char* name;
    Json value;
    Errc code;
    const char* err;
  };
  const Case cases[] = {
      {"iss", "https://other.example", Errc::claim_issuer, "invalid_issuer"},
      {"iss", "https://tr.example.com/", Errc::claim_issuer, "invalid_issuer"},
      {"aud", "https://other.example", Errc::claim_audience, "invalid_audience"},
      {"aud", JsonArray{}, Errc::claim_value, "invalid_request"},
      {"iat", "1756500000", Errc::claim_type, "invalid_request"},
      {"iat", std::int64_t{1'756'500'311}, Errc::claim_time, "invalid_request"},
      {"jti", "", Errc::claim_value, "invalid_request"},
      {"jti", std::string(257, 'j'), Errc::json_limits, "invalid_request"},
      {"txn", std::string(257, 't'), Errc::json_limits, "invalid_request"},
      {"sub", "jdoe", Errc::claim_forbidden, "invalid_request"},
      {"exp", 2'000'000'000, Errc::claim_forbidden, "invalid_request"},
      {"nbf", std::int64_t{1'756'500'311}, Errc::claim_time, "invalid_request"},
      {"events", JsonObject{}, Errc::events_structure, "invalid_request"},
      {"sub_id", "jdoe", Errc::subject_type, "invalid_request"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.name) + " = " + to_text(c.value));
    JsonObject claims = sample_claims();
    claims.insert_or_assign(c.name, c.value);
    const auto set = verify_claims(claims, sample_policy());
    EXPECT_THAT(set, FailsWith(c.code));
    EXPECT_EQ(describe(c.code).err, c.err);
  }
}

TEST(Verify, CL_22_AClockMayDifferByFiveMinutes) {
  JsonObject claims = sample_claims();
  claims.insert_or_assign("iat", std::int64_t{1'756'500'310});
  EXPECT_THAT(verify_claims(claims, sample_policy()), Succeeds());
}

// Covers: A-74.
TEST(Verify, CL_23_AnOldSetIsNoDefect) {
  JsonObject claims = sample_claims();
  claims.insert_or_assign("iat", 1);
  EXPECT_THAT(verify_claims(claims, sample_policy()), Succeeds());
}

TEST(Verify, FailsClosedWhenThePolicyNamesNoIssuerOrNoAudience) {
  SetPolicy policy = sample_policy();
  policy.iss.clear();
  EXPECT_THAT(verify_claims(sample_claims(), policy), FailsWith(Errc::claim_issuer));
  // A token of nobody is not from the issuer that nobody named.
  JsonObject nobodys = sample_claims();
  nobodys.insert_or_assign("iss", "");
  policy.strictness = Strictness::lenient;
  EXPECT_THAT(verify_claims(nobodys, policy), FailsWith(Errc::claim_issuer));
  policy = sample_policy();
  policy.aud.clear();
  EXPECT_THAT(verify_claims(sample_claims(), policy), FailsWith(Errc::claim_audience));
  EXPECT_THAT(
      verify(mint(sample_set(), sample_key()).value(), KeySet(), sample_policy(), sample_now),
      FailsWith(Errc::jose_key));
}

TEST(Verify, VO_03_AForeignIssuerIsNamedWhateverElseIsWrong) {
  JsonObject claims = sample_claims();
  claims.insert_or_assign("iss", "https://other.example");
  claims.insert_or_assign("sub", "x");
  EXPECT_THAT(verify_claims(claims, sample_policy()), FailsWith(Errc::claim_issuer));

  const SigningKey stranger = SigningKey::generate(Algorithm::ES256).value();
  const std::string compact = test::sign(header(), to_text(claims), stranger);
  EXPECT_THAT(verify(compact, sample_keys(), sample_policy(), sample_now),
              FailsWith(Errc::claim_issuer));
}

TEST(Verify, SEC_20_JW_07_NoClaimOfAForgedSetIsEverJudged) {
  const SigningKey stranger = SigningKey::generate(Algorithm::ES256).value();
  JsonObject claims = sample_claims();
  claims.insert_or_assign("sub", "would be claim.forbidden");
  const std::string compact = test::sign(header(), to_text(claims), stranger);
  EXPECT_THAT(verify(compact, sample_keys(), sample_policy(), sample_now),
              FailsWith(Errc::jose_signature));
}

TEST(Verify, AL_01_TheAlgorithmIsJudgedBeforeAnyKeyIsLookedFor) {
  SetPolicy policy = sample_policy();
  policy.algorithms = {Algorithm::RS256};
  const std::string compact = mint(sample_set(), sample_key()).value();
  EXPECT_THAT(verify(compact, KeySet(), policy, sample_now), FailsWith(Errc::jose_alg));
}

TEST(Verify, EV_03_AnUnknownEventTypeIsNoError) {
  JsonObject claims = sample_claims();
  claims.insert_or_assign("events",
                          JsonObject{{"https://example.com/event/x", JsonObject{{"a", 1}}}});
  const auto set = verify_claims(claims, sample_policy());
  ASSERT_THAT(set, Succeeds());
  const auto& event = std::get<OtherEvent>((*set)->event);
  EXPECT_EQ(event.type, "https://example.com/event/x");
  EXPECT_EQ(Json(event.payload), Json(JsonObject{{"a", 1}}));
}

TEST(Verify, CL_63_MoreEventsOnlyWhereThePolicyAllowsThem) {
  JsonObject claims = sample_claims();
  JsonObject& events = *claims.find("events")->as_object();
  events.insert_or_assign("https://example.com/event/x", JsonObject{});
  EXPECT_THAT(verify_claims(claims, sample_policy()), FailsWith(Errc::events_count));
  SetPolicy policy = sample_policy();
  policy.events_max = 2;
  const auto set = verify_claims(claims, policy);
  ASSERT_THAT(set, Succeeds());
  EXPECT_EQ((*set)->more_events.size(), 1U);
}

TEST(Verify, CL_70_UnknownClaimsAreKept) {
  JsonObject claims = sample_claims();
  claims.insert_or_assign("x", JsonArray{1, "two", nullptr});
  const auto set = verify_claims(claims, sample_policy());
  ASSERT_THAT(set, Succeeds());
  EXPECT_EQ(to_json(set->claims()), Json(claims));
}

TEST(Verify, SEC_32_TheAnswerNeverHoldsConfiguredValues) {
  JsonObject claims = sample_claims();
  claims.insert_or_assign("aud", "https://other.example");
  const auto set = verify_claims(claims, sample_policy());
  EXPECT_EQ(set.error().detail.find("rx.example.com"), std::string::npos);
  EXPECT_EQ(set.error().public_text(), "The audience does not include this receiver.");
}

TEST(Verify, AVerificationEventNamesTheStreamItTravelsOn) {
  JsonObject claims = sample_claims();
  claims.insert_or_assign("sub_id", JsonObject{{"format", "opaque"}, {"id", "stream-1"}});
  claims.insert_or_assign(
      "events", JsonObject{{"https://schemas.openid.net/secevent/ssf/event-type/verification",
                            JsonObject{{"state", "s"}}}});
  SetPolicy policy = sample_policy();
  policy.stream_id = "stream-1";
  EXPECT_THAT(verify_claims(claims, policy), Succeeds());
  policy.stream_id = "stream-2";
  EXPECT_THAT(verify_claims(claims, policy), FailsWith(Errc::event_subject));
}

TEST(Verify, EV_15_AnEventLaterThanItsSetIsTakenWithAWarning) {
  SecurityEventToken claims = sample_set();
  std::get<caep::SessionRevoked>(claims.event).event_timestamp = NumericDate{1'756'500'301, 0};
  const auto set = verify_claims(*to_json(claims).as_object(), sample_policy());
  ASSERT_THAT(set, Succeeds());
  ASSERT_EQ(set->warnings().size(), 1U);
  EXPECT_EQ(set->warnings().front().code, Errc::warn_value);
}

}  // namespace
}  // namespace tocsin
