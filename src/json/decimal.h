// A JSON number read exactly: sign, digits and a power of ten, without rounding.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

// value = (negative ? -1 : 1) * digits * 10^exponent. `digits` has no leading and no trailing zero;
// zero is "" with exponent 0 and no sign.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;  // saturates at +-10^17

  friend bool operator==(const Decimal&, const Decimal&) = default;
};

// `text` matches RFC 8259 section 6; anything else gives nothing.
std::optional<Decimal> read_decimal(std::string_view text);

}  // namespace tocsin
