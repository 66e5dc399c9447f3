// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace tocsin {

bool is_utf8(std::string_view text) noexcept;

// The longest front of `text` that has at most `octets_max` octets and does not cut a character.
// `text` is UTF-8.
std::string_view utf8_prefix(std::string_view text, std::size_t octets_max) noexcept;

}  // namespace tocsin
