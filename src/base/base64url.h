// base64url of RFC 7515 section 2: no padding, no white space, and one text per octet string, so
// that a token has exactly one spelling (spec rows JW-02 to JW-04).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "tocsin/result.h"

namespace tocsin {

// Octets that `length` characters decode to; meaningless for length % 4 == 1.
constexpr std::size_t base64url_decoded_size(std::size_t length) noexcept {
  return length / 4 * 3 + (length % 4 == 0 ? 0 : length % 4 - 1);
}

constexpr std::size_t base64url_encoded_size(std::size_t octets) noexcept {
  return octets / 3 * 4 + (octets % 3 == 0 ? 0 : octets % 3 + 1);
}

// Refuses with jose_base64url: a character outside A-Z a-z 0-9 - _, a length of 1 modulo 4, unused
// bits that are not zero.
Result<std::string> base64url_decode(std::string_view text);

// As above, into `out`, which must hold base64url_decoded_size(text.size()) octets. False on
// refusal; `out` is then unspecified.
bool base64url_decode_into(std::string_view text, char* out) noexcept;

std::string base64url_encode(std::string_view octets);
void base64url_append(std::string& out, std::string_view octets);

}  // namespace tocsin
