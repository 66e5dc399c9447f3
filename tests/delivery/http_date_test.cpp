#include "delivery/http_date.h"

#include <gtest/gtest.h>

namespace tocsin::delivery {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using namespace std::chrono_literals;

constexpr sys_seconds now = sys_days(std::chrono::year(2026) / 11 / 20) + 12h;
constexpr sys_seconds rfc_example = sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min + 37s;

TEST(HttpDate, ReadsAllThreeFormsOfRfc9110) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", now), rfc_example);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now), rfc_example);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994", now), rfc_example);
  EXPECT_EQ(parse_http_date("Wed Nov 16 08:49:37 1994", now), rfc_example + 240h);
}

TEST(HttpDate, PutsTwoDigitsOfAYearAtMostFiftyYearsAhead) {
  const sys_seconds ahead = sys_days(std::chrono::year(2076) / 1 / 1);
  const sys_seconds behind = sys_days(std::chrono::year(1977) / 1 / 1);
  EXPECT_EQ(parse_http_date("Wednesday, 01-Jan-76 00:00:00 GMT", now), ahead);
  EXPECT_EQ(parse_http_date("Saturday, 01-Jan-77 00:00:00 GMT", now), behind);
}

TEST(HttpDate, CountsALeapSecondAsTheNextSecond) {
  const sys_seconds new_year = sys_days(std::chrono::year(2017) / 1 / 1);
  EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", now), new_year);
}

TEST(HttpDate, RefusesEverythingElse) {
  for (const std::string_view text : {
           "",
           "Sun",
           "Sun, 06 Nov 1994 08:49:37",
           "Sun, 06 Nov 1994 08:49:37 UTC",
           "Sun, 06 Nov 1994 08:49:37 GMT ",
           " Sun, 06 Nov 1994 08:49:37 GMT",
           "sun, 06 nov 1994 08:49:37 gmt",
           "Sun, 6 Nov 1994 08:49:37 GMT",
           "Sun, 31 Feb 1994 08:49:37 GMT",
           "Sun, 00 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 24:00:00 GMT",
           "Sun, 06 Nov 1994 08:60:37 GMT",
           "Sun, 06 Nov 1994 08:49:61 GMT",
           "Sun, 06 Nov 94 08:49:37 GMT",
           "Sun, 06 Nov -994 08:49:37 GMT",
           "Xyz, 06 Nov 1994 08:49:37 GMT",
           "1994-11-06T08:49:37Z",
       }) {
    EXPECT_EQ(parse_http_date(text, now), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tocsin::delivery
