#include "delivery/http_date.h"

#include <array>
#include <cstddef>
#include <span>

namespace tocsin::delivery {
namespace {

using namespace std::string_view_literals;

constexpr std::array days{"Mon"sv, "Tue"sv, "Wed"sv, "Thu"sv, "Fri"sv, "Sat"sv, "Sun"sv};
constexpr std::array long_days{"Monday"sv, "Tuesday"sv,  "Wednesday"sv, "Thursday"sv,
                               "Friday"sv, "Saturday"sv, "Sunday"sv};
constexpr std::array months{"Jan"sv, "Feb"sv, "Mar"sv, "Apr"sv, "May"sv, "Jun"sv,
                            "Jul"sv, "Aug"sv, "Sep"sv, "Oct"sv, "Nov"sv, "Dec"sv};

// Eats a text from its front. Once something did not fit, nothing fits any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  void literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) ok_ = false;
    if (ok_) rest_.remove_prefix(expected.size());
  }

  // The position of the name the text goes on with, counted from 1.
  unsigned name(std::span<const std::string_view> names) {
    for (std::size_t i = 0; i < names.size() && ok_; ++i) {
      if (!rest_.starts_with(names[i])) continue;
      rest_.remove_prefix(names[i].size());
      return static_cast<unsigned>(i) + 1;
    }
    ok_ = false;
    return 0;
  }

  // Exactly `count` digits; `pad` may stand for a leading zero.
  int number(std::size_t count, char pad = '0') {
    if (rest_.size() < count) ok_ = false;
    int value = 0;
    for (std::size_t i = 0; i < count && ok_; ++i) {
      const char c = i == 0 && rest_[i] == pad ? '0' : rest_[i];
      ok_ = c >= '0' && c <= '9';
      value = value * 10 + (c - '0');
    }
    if (ok_) rest_.remove_prefix(count);
    return value;
  }

  std::chrono::seconds time_of_day() {
    const int hours = number(2);
    literal(":");
    const int minutes = number(2);
    literal(":");
    const int seconds = number(2);
    if (hours > 23 || minutes > 59 || seconds > 60) ok_ = false;
    return std::chrono::hours(hours) + std::chrono::minutes(minutes) +
           std::chrono::seconds(seconds);
  }

  bool is_done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Fields {
  int year = 0;
  unsigned month = 0;
  int day = 0;
  std::chrono::seconds time{};
};

std::optional<std::chrono::sys_seconds> to_time(const Reader& reader, const Fields& fields) {
  const std::chrono::year_month_day date{std::chrono::year(fields.year),
                                         std::chrono::month(fields.month),
                                         std::chrono::day(static_cast<unsigned>(fields.day))};
  if (!reader.is_done() || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + fields.time;
}

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<std::chrono::sys_seconds> parse_imf_fixdate(std::string_view text) {
  Reader reader(text);
  Fields fields;
  reader.name(days);
  reader.literal(", ");
  fields.day = reader.number(2);
  reader.literal(" ");
  fields.month = reader.name(months);
  reader.literal(" ");
  fields.year = reader.number(4);
  reader.literal(" ");
  fields.time = reader.time_of_day();
  reader.literal(" GMT");
  return to_time(reader, fields);
}

int current_year(std::chrono::sys_seconds now) {
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  return static_cast<int>(today.year());
}

// Sunday, 06-Nov-94 08:49:37 GMT
std::optional<std::chrono::sys_seconds> parse_rfc850(std::string_view text,
                                                     std::chrono::sys_seconds now) {
  Reader reader(text);
  Fields fields;
  reader.name(long_days);
  reader.literal(", ");
  fields.day = reader.number(2);
  reader.literal("-");
  fields.month = reader.name(months);
  reader.literal("-");
  const int this_year = current_year(now);
  fields.year = this_year - this_year % 100 + reader.number(2);
  if (fields.year > this_year + 50) fields.year -= 100;
  reader.literal(" ");
  fields.time = reader.time_of_day();
  reader.literal(" GMT");
  return to_time(reader, fields);
}

// Sun Nov  6 08:49:37 1994
std::optional<std::chrono::sys_seconds> parse_asctime(std::string_view text) {
  Reader reader(text);
  Fields fields;
  reader.name(days);
  reader.literal(" ");
  fields.month = reader.name(months);
  reader.literal(" ");
  fields.day = reader.number(2, ' ');
  reader.literal(" ");
  fields.time = reader.time_of_day();
  reader.literal(" ");
  fields.year = reader.number(4);
  return to_time(reader, fields);
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text,
                                                        std::chrono::sys_seconds now) {
  if (const auto time = parse_imf_fixdate(text)) return time;
  if (const auto time = parse_rfc850(text, now)) return time;
  return parse_asctime(text);
}

}  // namespace tocsin::delivery
