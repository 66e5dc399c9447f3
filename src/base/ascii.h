// Letters without a locale: what a URI scheme, a host name or a header name calls equal.
#pragma once

#include <algorithm>
#include <string_view>

namespace tocsin {

constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// `prefix` is in lower case already.
constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() &&
         std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, ascii_lower);
}

}  // namespace tocsin
