#include "issuer/jwks_policy.h"

#include <gtest/gtest.h>

namespace tocsin::issuer {
namespace {

using namespace std::chrono_literals;

// Keys fetched at 1000 s, good for an hour.
constexpr JwksTimes fresh{.fetched = 1000s, .lifetime = 3600s, .tried = 1000s, .doubted = {}};
constexpr JwksTimes never{};

TEST(JwksLifetime, KY_23_ClampsMaxAge) {
  EXPECT_EQ(jwks_lifetime("max-age=7200"), 7200s);
  EXPECT_EQ(jwks_lifetime("public, Max-Age = \"7200\""), 7200s);
  EXPECT_EQ(jwks_lifetime("max-age=0"), 300s);
  EXPECT_EQ(jwks_lifetime("max-age=604800"), 86400s);
  EXPECT_EQ(jwks_lifetime("max-age=99999999999999999999999"), 86400s);
}

TEST(JwksLifetime, KY_23_IsAnHourWithoutAReadableMaxAge) {
  for (const std::string_view value :
       {"", ",", "public", "max-age", "max-age=", "max-age=-5", "max-age=1h", "s-maxage=7200"}) {
    EXPECT_EQ(jwks_lifetime(value), 3600s) << value;
  }
}

TEST(JwksLifetime, KY_23_TakesNoStoreForFiveMinutes) {
  EXPECT_EQ(jwks_lifetime("max-age=7200, no-store"), 300s);
  EXPECT_EQ(jwks_lifetime("NO-CACHE"), 300s);
}

TEST(JudgeKeys, KY_30_FetchesWhenThereAreNone) {
  EXPECT_EQ(judge_keys(never, 5s, 5s).step, KeyStep::fetch);
}

TEST(JudgeKeys, SEC_28_WaitsWhenThereAreNoneAndAFetchJustFailed) {
  const JwksTimes failed{.fetched = {}, .lifetime = {}, .tried = 100s, .doubted = {}};
  EXPECT_EQ(judge_keys(failed, 103s, 103s).step, KeyStep::wait);
  EXPECT_EQ(judge_keys(failed, 103s, 103s).retry_after, 7s);
  EXPECT_EQ(judge_keys(failed, 100s, 115s).step, KeyStep::wait) << "tried for this very SET";
  EXPECT_EQ(judge_keys(failed, 111s, 111s).step, KeyStep::fetch);
}

TEST(JudgeKeys, UsesThemWithinTheirLifetime) {
  EXPECT_EQ(judge_keys(fresh, 4599s, 4599s).step, KeyStep::use);
}

TEST(JudgeKeys, KY_27_UsesOldOnesForADayIfTheRefreshFails) {
  EXPECT_EQ(judge_keys(fresh, 4601s, 4601s).step, KeyStep::fetch) << "newer ones first";
  JwksTimes failed = fresh;
  failed.tried = 4601s;
  EXPECT_EQ(judge_keys(failed, 4601s, 4602s).step, KeyStep::use);
  failed.tried = 4600s + 24h - 1s;
  EXPECT_EQ(judge_keys(failed, 4600s + 24h - 1s, 4600s + 24h - 1s).step, KeyStep::use);
  EXPECT_EQ(judge_keys(failed, 4600s + 24h, 4600s + 24h).step, KeyStep::wait) << "fails closed";
}

TEST(JudgeUnknownKid, KY_24_FetchesOnceThenDecides) {
  EXPECT_EQ(judge_unknown_kid(fresh, 2000s, 2000s).step, KeyStep::fetch);
  const JwksTimes refetched{.fetched = 2000s, .lifetime = 3600s, .tried = 2000s, .doubted = 2000s};
  EXPECT_EQ(judge_unknown_kid(refetched, 2000s, 2001s).step, KeyStep::use) << "invalid_key";
}

TEST(JudgeUnknownKid, SEC_28_WaitsWhileARefetchIsNotYetAllowed) {
  const JwksTimes refetched{.fetched = 2000s, .lifetime = 3600s, .tried = 2000s, .doubted = 2000s};
  const KeyVerdict verdict = judge_unknown_kid(refetched, 2010s, 2010s);
  EXPECT_EQ(verdict.step, KeyStep::wait) << "keys from before it arrived decide nothing";
  EXPECT_EQ(verdict.retry_after, 50s);
  EXPECT_EQ(judge_unknown_kid(refetched, 2059s, 2059s).step, KeyStep::wait);
  EXPECT_EQ(judge_unknown_kid(refetched, 2060s, 2060s).step, KeyStep::fetch);
}

TEST(JudgeUnknownKid, KY_25_DoesNotTakeAFailedFetchForAnAnswer) {
  const JwksTimes failed{.fetched = 1000s, .lifetime = 3600s, .tried = 2000s, .doubted = 2000s};
  EXPECT_EQ(judge_unknown_kid(failed, 2000s, 2005s).step, KeyStep::wait);
}

TEST(JudgeUnknownKid, WaitsForWhoeverElseIsFetching) {
  const JwksTimes refreshing{.fetched = 1000s, .lifetime = 3600s, .tried = 2000s, .doubted = {}};
  EXPECT_EQ(judge_unknown_kid(refreshing, 2000s, 2001s).step, KeyStep::wait);
  EXPECT_EQ(judge_unknown_kid(refreshing, 2001s, 2001s).step, KeyStep::fetch);
}

TEST(JudgeBadSignature, KY_26_DoubtsOnlyOldKeysAndOnlyOnce) {
  EXPECT_EQ(judge_bad_signature(fresh, 1100s, 1100s).step, KeyStep::use);
  EXPECT_EQ(judge_bad_signature(fresh, 1301s, 1301s).step, KeyStep::fetch);
  const JwksTimes failed{.fetched = 1000s, .lifetime = 3600s, .tried = 1301s, .doubted = 1301s};
  EXPECT_EQ(judge_bad_signature(failed, 1301s, 1302s).step, KeyStep::use);
  EXPECT_EQ(judge_bad_signature(failed, 1310s, 1310s).step, KeyStep::use);
}

TEST(NextRefresh, KY_23_ComesAtEightyPercentOfTheLifetime) {
  EXPECT_EQ(next_refresh(never), 0s);
  EXPECT_EQ(next_refresh(fresh), 3880s);
}

TEST(NextRefresh, PausesAfterAFailure) {
  const JwksTimes failed{.fetched = 1000s, .lifetime = 3600s, .tried = 3880s, .doubted = {}};
  EXPECT_EQ(next_refresh(failed), 3890s);
  const JwksTimes empty{.fetched = {}, .lifetime = {}, .tried = 7s, .doubted = {}};
  EXPECT_EQ(next_refresh(empty), 17s);
}

}  // namespace
}  // namespace tocsin::issuer
