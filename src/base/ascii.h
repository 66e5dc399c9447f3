// Letters without a locale: what a URI scheme, a host name or a header name calls equal, and what a
// URI may hold.
#pragma once

#include <algorithm>
#include <string_view>

namespace tocsin {

constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// What a URI has as it stands, wherever it is (RFC 3986 2.3).
constexpr bool is_unreserved(char c) noexcept {
  const char lower = ascii_lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// `prefix` is in lower case already.
constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() &&
         std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, ascii_lower);
}

}  // namespace tocsin
