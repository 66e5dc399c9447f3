#include "delivery/retry_delay.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tocsin::delivery {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds now =
    std::chrono::sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min + 37s;

// Covers: PUSH-2-15.
TEST(RetryDelay, REL_09_StaysWithinASpanThatDoublesFromASecondToAnHour) {
  SeededRandom random(1);
  for (unsigned failures = 0; failures < 40; ++failures) {
    const milliseconds span = failures < 12 ? seconds(1U << failures) : seconds(3600);
    milliseconds least = milliseconds::max();
    milliseconds most{};
    for (int i = 0; i < 1000; ++i) {
      const milliseconds delay = retry_delay(failures, std::nullopt, random);
      least = std::min(least, delay);
      most = std::max(most, delay);
    }
    EXPECT_GT(least, 0ms) << failures;
    EXPECT_LE(most, span) << failures;
    // Full jitter: the whole span is used.
    EXPECT_LT(least, span / 50) << failures;
    EXPECT_GT(most, span - span / 50) << failures;
  }
}

TEST(RetryDelay, REL_09_NeverComesBeforeRetryAfter) {
  SeededRandom random(2);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(retry_delay(0, 120s, random), 120s);
    EXPECT_GE(retry_delay(12, 120s, random), 120s);
    EXPECT_LE(retry_delay(12, 120s, random), 3600s);
  }
}

TEST(RetryDelay, SEC_44_ClampsRetryAfterToAnHour) {
  SeededRandom random(3);
  EXPECT_EQ(retry_delay(0, 86400s, random), 3600s);
  EXPECT_LE(retry_delay(0, -5s, random), 1s);
}

TEST(RetryAfter, SEC_44_ReadsSecondsClampedToBetweenASecondAndAnHour) {
  EXPECT_EQ(parse_retry_after("120", now), 120s);
  EXPECT_EQ(parse_retry_after("0", now), 1s);
  EXPECT_EQ(parse_retry_after("86400", now), 3600s);
  EXPECT_EQ(parse_retry_after("99999999999999999999999999999999", now), 3600s);
  EXPECT_EQ(parse_retry_after("000000000000000000000000000000060", now), 60s);
}

TEST(RetryAfter, SEC_44_ReadsADateAsASpanFromNow) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:51:37 GMT", now), 120s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), 1s);
  EXPECT_EQ(parse_retry_after("Mon, 06 Nov 2094 08:00:00 GMT", now), 3600s);
}

TEST(RetryAfter, IgnoresWhatIsNeither) {
  for (const std::string_view value : {"", " 5", "5 ", "-5", "+5", "1.5", "5s", "soon", "0x10"}) {
    EXPECT_EQ(parse_retry_after(value, now), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace tocsin::delivery
