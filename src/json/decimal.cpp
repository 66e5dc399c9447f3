#include "json/decimal.h"

#include <algorithm>

namespace tocsin {
namespace {

constexpr std::int64_t exponent_limit = 100'000'000'000'000'000;

// Takes the digits at the front of `text`.
std::string_view take_digits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// The digits of an exponent as a number that stops growing at the limit.
std::int64_t saturated(std::string_view digits) {
  std::int64_t value = 0;
  for (const char digit : digits) {
    value = std::min(exponent_limit, value * 10 + (digit - '0'));
  }
  return value;
}

}  // namespace

std::optional<Decimal> read_decimal(std::string_view text) {
  Decimal number;
  number.negative = take(text, '-');
  const std::string_view whole = take_digits(text);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return {};

  std::string_view fraction;
  if (take(text, '.')) {
    fraction = take_digits(text);
    if (fraction.empty()) return {};
  }
  if (take(text, 'e') || take(text, 'E')) {
    const bool negative = take(text, '-');
    if (!negative) take(text, '+');
    const std::string_view exponent = take_digits(text);
    if (exponent.empty()) return {};
    number.exponent = saturated(exponent) * (negative ? -1 : 1);
  }
  if (!text.empty()) return {};

  number.digits.reserve(whole.size() + fraction.size());
  number.digits += whole;
  number.digits += fraction;
  number.exponent -= static_cast<std::int64_t>(fraction.size());

  const std::size_t last = number.digits.find_last_not_of('0');
  if (last == std::string::npos) return Decimal{};
  number.exponent += static_cast<std::int64_t>(number.digits.size() - last - 1);
  number.digits.erase(last + 1);
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  return number;
}

}  // namespace tocsin
