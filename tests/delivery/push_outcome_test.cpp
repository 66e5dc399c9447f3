#include "delivery/push_outcome.h"

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <vector>

namespace tocsin::delivery {

void PrintTo(const PushAnswer& answer, std::ostream* out) {
  *out << answer.status << ' ' << answer.error.err;
  if (answer.failure) *out << describe(*answer.failure).name;
}

namespace {

using ::testing::_;
using ::testing::Field;
using ::testing::VariantWith;
using namespace std::chrono_literals;

PushAnswer answered(unsigned status) {
  PushAnswer answer;
  answer.status = status;
  return answer;
}

PushAnswer refused(std::string err) {
  PushAnswer answer = answered(400);
  answer.error.err = std::move(err);
  return answer;
}

PushAnswer failed(Errc failure) {
  PushAnswer answer;
  answer.failure = failure;
  return answer;
}

auto retried_blaming(Blame blame) {
  return VariantWith<RetryAfter>(Field(&RetryAfter::blame, blame));
}

// Covers: A-43, PUSH-2.3-08.
TEST(JudgePush, REL_08_TakesA202AndCountsAnyOtherSuccess) {
  SeededRandom random(1);
  EXPECT_THAT(judge_push(answered(202), {}, random),
              VariantWith<Delivered>(Field(&Delivered::unusual, false)));
  for (const unsigned status : {200U, 201U, 204U, 299U}) {
    EXPECT_THAT(judge_push(answered(status), {}, random),
                VariantWith<Delivered>(Field(&Delivered::unusual, true)));
  }
}

TEST(JudgePush, REL_08_IsNotFooledByACaptivePage) {
  SeededRandom random(1);
  PushAnswer page = answered(200);
  page.is_html = true;
  EXPECT_THAT(judge_push(page, {}, random), retried_blaming(Blame::outage));
  page.status = 202;
  EXPECT_THAT(judge_push(page, {}, random), VariantWith<Delivered>(_));
}

// Covers: A-78, PUSH-4-01, SSF-11-03.
TEST(JudgePush, REL_08_RejectsASetOnItsThirdRefusal) {
  SeededRandom random(1);
  for (const PushAnswer& answer :
       {answered(413), refused("invalid_request"), refused("invalid_state"), refused("x_new"),
        refused("Invalid_Key"), refused("")}) {
    EXPECT_THAT(judge_push(answer, {.failures = 9, .refusals = 0}, random),
                retried_blaming(Blame::event));
    EXPECT_THAT(judge_push(answer, {.failures = 9, .refusals = 1}, random),
                retried_blaming(Blame::event));
    EXPECT_THAT(judge_push(answer, {.failures = 9, .refusals = 2}, random),
                VariantWith<Rejected>(_));
  }
}

TEST(JudgePush, REL_08_KeepsWhatIsTheStreamsFaultForever) {
  SeededRandom random(1);
  const AttemptHistory long_history{.failures = 1000, .refusals = 2};
  for (const PushAnswer& answer :
       {refused("invalid_key"), refused("invalid_issuer"), refused("invalid_audience"),
        refused("authentication_failed"), refused("access_denied"), answered(301), answered(302),
        answered(307), answered(401), answered(403), answered(404), answered(405), answered(410),
        answered(415), answered(422), failed(Errc::address_refused)}) {
    EXPECT_THAT(judge_push(answer, long_history, random), retried_blaming(Blame::stream))
        << ::testing::PrintToString(answer);
  }
}

// Covers: PUSH-4-02.
TEST(JudgePush, REL_08_KeepsWhatIsAnOutageForever) {
  SeededRandom random(1);
  const AttemptHistory long_history{.failures = 1000, .refusals = 2};
  for (const PushAnswer& answer :
       {answered(408), answered(425), answered(429), answered(500), answered(502), answered(503),
        answered(504), answered(599), answered(101), failed(Errc::net_address),
        failed(Errc::net_resolve), failed(Errc::net_connect), failed(Errc::net_tls),
        failed(Errc::net_timeout), failed(Errc::net_closed), failed(Errc::net_answer)}) {
    EXPECT_THAT(judge_push(answer, long_history, random), retried_blaming(Blame::outage))
        << ::testing::PrintToString(answer);
  }
}

TEST(JudgePush, SEC_34_BlamesNobodyElseForOurOwnFailure) {
  SeededRandom random(1);
  EXPECT_THAT(judge_push(failed(Errc::internal_error), {}, random), retried_blaming(Blame::us));
  EXPECT_THAT(judge_push(failed(Errc::overloaded), {}, random), retried_blaming(Blame::us));
}

TEST(JudgePush, REL_09_HonoursRetryAfter) {
  SeededRandom random(1);
  PushAnswer busy = answered(429);
  busy.retry_after = 300s;
  EXPECT_THAT(judge_push(busy, {}, random),
              VariantWith<RetryAfter>(Field(&RetryAfter::delay, 300s)));
}

TEST(AddAttempt, CountsEveryFailureAndOnlyTheEventsRefusals) {
  const AttemptHistory before{.failures = 3, .refusals = 1};
  const AttemptHistory outage = add_attempt(before, RetryAfter{1s, Blame::outage});
  EXPECT_EQ(outage.failures, 4U);
  EXPECT_EQ(outage.refusals, 1U);
  const AttemptHistory refusal = add_attempt(before, RetryAfter{1s, Blame::event});
  EXPECT_EQ(refusal.failures, 4U);
  EXPECT_EQ(refusal.refusals, 2U);
  EXPECT_EQ(add_attempt(before, Rejected{}).refusals, 2U);
  EXPECT_EQ(add_attempt(before, Delivered{}).failures, 3U);
}

}  // namespace
}  // namespace tocsin::delivery
