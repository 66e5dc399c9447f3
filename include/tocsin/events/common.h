// What several event types share: exact times, language maps, closed and open lists of values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin {

// RFC 7519 NumericDate: seconds since 1970-01-01T00:00:00Z, kept exactly. A fraction is legal;
// beyond nanoseconds it is cut. 64 bits of seconds: SSF's own figure has a date in 2451.
struct NumericDate {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;  // always counts forward from `seconds`

  // claim_type if the number does not fit.
  static Result<NumericDate> from_number(const JsonNumber& number);
  JsonNumber to_number() const;

  friend auto operator<=>(const NumericDate&, const NumericDate&) = default;
};

// Texts by BCP 47 language tag (CAEP 2), in the order they came.
struct LanguageMap {
  std::vector<std::pair<std::string, std::string>> texts;

  LanguageMap() = default;
  LanguageMap(std::string tag, std::string text) {
    texts.emplace_back(std::move(tag), std::move(text));
  }

  // RFC 4647 look-up for `tag`, then `en`, then the first text; empty only if there is no text.
  std::string_view text_for(std::string_view tag) const noexcept;

  friend bool operator==(const LanguageMap&, const LanguageMap&) = default;
};

// The listed value spelled `name`, compared exactly (EV-07); for every enumeration of this folder.
// wire_name(value) is the way back. Closed enumerations start at 1, so that the value of a member
// nobody filled, 0, is on no list: its wire name is empty and no receiver takes it.
template <class Known>
std::optional<Known> parse_wire_name(std::string_view name) noexcept;

// A value from a list that others may extend: any text is legal and survives as it came.
template <class Known>
class OpenValue {
 public:
  OpenValue() = default;
  OpenValue(Known known) : text_(wire_name(known)) {}  // NOLINT: implicit on purpose
  explicit OpenValue(std::string text) : text_(std::move(text)) {}

  const std::string& text() const noexcept { return text_; }

  // The listed value, or nothing if the text is not on the list.
  std::optional<Known> known() const noexcept { return parse_wire_name<Known>(text_); }

  friend bool operator==(const OpenValue&, const OpenValue&) = default;

 private:
  std::string text_;
};

}  // namespace tocsin
