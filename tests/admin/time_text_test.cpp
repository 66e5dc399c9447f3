#include "admin/time_text.h"

#include <gtest/gtest.h>

#include "base/time_text.h"

namespace tocsin::admin {
namespace {

store::WallTime at(std::int64_t milliseconds) {
  return store::WallTime(std::chrono::milliseconds(milliseconds));
}

TEST(TimeText, IsReadAsItIsWritten) {
  for (const std::int64_t time : {0LL, 1'795'000'000'125LL, 951'782'399'999LL}) {
    EXPECT_EQ(parse_time(to_time_text(at(time))), at(time));
  }
  EXPECT_EQ(to_time_text(at(1'795'000'000'125)), "2026-11-18T11:06:40.125Z");
  EXPECT_EQ(parse_time("2026-11-18T11:06:40Z"), at(1'795'000'000'000));
  EXPECT_EQ(parse_time("2026-11-18T11:06:40.1Z"), at(1'795'000'000'100));
}

TEST(TimeText, RefusesWhatIsNoTimeInUtc) {
  for (const char* text :
       {"", "Z", "2026-11-18", "2026-11-18T11:06:40", "2026-11-18T11:06:40+01:00",
        "2026-11-18 11:06:40Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-18T24:00:00Z", "2026-11-18T11:60:00Z", "2026-11-18T11:06:60Z",
        "2026-11-18T11:06:40.Z", "2026-11-18T11:06:40.1234Z", "2026-11-18T11:06:40.-1Z",
        "1969-12-31T23:59:59Z", "20x6-11-18T11:06:40Z", "2026-11-18T11:06:40ZZ"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tocsin::admin
