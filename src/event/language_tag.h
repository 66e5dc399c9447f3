// BCP 47 language tags: the syntax of RFC 5646 section 2.1, without a look into the registry.
#pragma once

#include <string_view>

namespace tocsin {

// Well-formed: matches `Language-Tag` of RFC 5646 section 2.1, grandfathered tags included.
bool is_language_tag(std::string_view text) noexcept;

// Equal without regard to ASCII case (RFC 5646 2.1.1).
bool is_same_language(std::string_view a, std::string_view b) noexcept;

}  // namespace tocsin
