#include "event/rule.h"

#include <algorithm>

namespace tocsin {

bool is_filled(std::string_view text) noexcept {
  return !text.empty();
}

bool is_guid(std::string_view text) noexcept {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::ranges::equal(text, shape, [](char c, char expected) {
    if (expected == '-') return c == '-';
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

bool is_http_status(std::string_view text) noexcept {
  return text.size() == 3 && text[0] >= '1' && text[0] <= '5' &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace tocsin
