#include "admin/time_text.h"

#include <charconv>
#include <chrono>
#include <string>

namespace tocsin::admin {
namespace {

using std::chrono::milliseconds;

// Exactly `digits` digits at `at`; -1 if they are not there.
int number_at(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  const std::string_view part = text.substr(at, digits);
  for (const char c : part) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return part.size() == digits ? value : -1;
}

// ".5" is 500; nothing for no digit, more than three, or anything else.
std::optional<milliseconds> parse_fraction(std::string_view text) {
  if (text.empty()) return milliseconds(0);
  if (text.front() != '.' || text.size() < 2 || text.size() > 4) return std::nullopt;
  std::string digits(text.substr(1));
  digits.resize(3, '0');
  const int value = number_at(digits, 0, 3);
  if (value < 0) return std::nullopt;
  return milliseconds(value);
}

}  // namespace

std::optional<store::WallTime> parse_time(std::string_view text) {
  constexpr std::string_view shape = "....-..-..T..:..:..";
  if (text.size() <= shape.size() || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != '.' && text[i] != shape[i]) return std::nullopt;
  }
  const int year = number_at(text, 0, 4);
  const int month = number_at(text, 5, 2);
  const int day = number_at(text, 8, 2);
  const int hour = number_at(text, 11, 2);
  const int minute = number_at(text, 14, 2);
  const int second = number_at(text, 17, 2);
  const auto fraction = parse_fraction(text.substr(shape.size(), text.size() - shape.size() - 1));
  if (year < 1970 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59 || !fraction) return std::nullopt;
  return store::WallTime(std::chrono::sys_days(date) + std::chrono::hours(hour) +
                         std::chrono::minutes(minute) + std::chrono::seconds(second) + *fraction);
}

}  // namespace tocsin::admin
