// Times and texts that several event types share.
#include "tocsin/events/common.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "base/assert.h"
#include "event/language_tag.h"
#include "event/member_value.h"
#include "json/decimal.h"

namespace tocsin {
namespace {

constexpr std::uint32_t nanoseconds_per_second = 1'000'000'000;
constexpr std::uint64_t seconds_max = std::numeric_limits<std::int64_t>::max();

// RFC 4647 3.4: without its last subtag, and without a singleton that then stands last.
std::string_view shortened(std::string_view range) {
  std::size_t dash = range.rfind('-');
  if (dash == std::string_view::npos) return {};
  if (dash >= 2 && range[dash - 2] == '-') dash -= 2;
  return range.substr(0, dash);
}

}  // namespace

Result<NumericDate> NumericDate::from_number(const JsonNumber& number) {
  const std::string& text = number.text();
  NumericDate date;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), date.seconds);
  if (failure == std::errc{} && end == text.data() + text.size()) return date;

  const auto decimal = read_decimal(text);
  if (!decimal) return Errc::claim_type;
  // Digits left of the decimal point; zero or less for 0.001.
  const std::int64_t point = static_cast<std::int64_t>(decimal->digits.size()) + decimal->exponent;
  const auto digit = [&](std::int64_t at) -> std::uint32_t {
    const bool is_written = at >= 0 && at < static_cast<std::int64_t>(decimal->digits.size());
    return is_written ? static_cast<std::uint32_t>(decimal->digits[at] - '0') : 0;
  };
  constexpr std::int64_t digits_max = 19;  // 10^19 fits 64 bits without a sign
  if (point > digits_max) return Error(Errc::claim_type, "a time beyond 64 bits of seconds");

  std::uint64_t whole = 0;
  for (std::int64_t at = 0; at < point; ++at) whole = whole * 10 + digit(at);
  std::uint32_t fraction = 0;
  for (std::int64_t at = point; at < point + 9; ++at) fraction = fraction * 10 + digit(at);

  // Nanoseconds count forward, so -1.5 is -2 seconds and half a second.
  const bool borrows = decimal->negative && fraction > 0;
  const std::uint64_t magnitude = whole + (borrows ? 1 : 0);
  if (magnitude > seconds_max + (decimal->negative ? 1 : 0)) {
    return Error(Errc::claim_type, "a time beyond 64 bits of seconds");
  }
  date.seconds = static_cast<std::int64_t>(decimal->negative ? ~magnitude + 1 : magnitude);
  date.nanoseconds = borrows ? nanoseconds_per_second - fraction : fraction;
  return date;
}

JsonNumber NumericDate::to_number() const {
  TOCSIN_ASSERT(nanoseconds < nanoseconds_per_second);
  if (nanoseconds == 0) return JsonNumber(seconds);
  const bool borrows = seconds < 0;
  const std::int64_t whole = borrows ? -(seconds + 1) : seconds;
  const std::uint32_t fraction = borrows ? nanoseconds_per_second - nanoseconds : nanoseconds;

  std::string digits = std::to_string(nanoseconds_per_second + fraction);  // 1 and nine digits
  digits.erase(digits.find_last_not_of('0') + 1);
  digits.front() = '.';
  return JsonNumber::parse((borrows ? "-" : "") + std::to_string(whole) + digits).value();
}

// A tag that occurs twice is written once, with the text that text_for() finds.
void write_json(const LanguageMap& value, JsonSink& sink) {
  sink.begin_object();
  for (auto text = value.texts.begin(); text != value.texts.end(); ++text) {
    const auto is_same_tag = [&](const auto& other) { return other.first == text->first; };
    if (std::none_of(value.texts.begin(), text, is_same_tag)) {
      sink.member(text->first, text->second);
    }
  }
  sink.end_object();
}

std::string_view LanguageMap::text_for(std::string_view tag) const noexcept {
  const auto find = [this](std::string_view wanted) -> const std::string* {
    for (const auto& [name, text] : texts) {
      if (is_same_language(name, wanted)) return &text;
    }
    return nullptr;
  };
  for (; !tag.empty(); tag = shortened(tag)) {
    if (const std::string* text = find(tag)) return *text;
  }
  if (const std::string* text = find("en")) return *text;
  return texts.empty() ? std::string_view() : texts.front().second;
}

}  // namespace tocsin
