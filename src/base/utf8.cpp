#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace tocsin {
namespace {

constexpr bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// Where the ASCII at `start` ends, to eight octets. Nearly all text is ASCII.
std::size_t after_ascii(std::string_view text, std::size_t start) {
  for (; text.size() - start >= 8; start += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + start, sizeof word);
    if ((word & 0x8080808080808080) != 0) break;
  }
  return start;
}

// Octets of the character that starts with `first`; 0 if none does.
constexpr std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;  // a continuation, or the overlong C0 and C1
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = after_ascii(text, 0); i < text.size(); i = after_ascii(text, i)) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = length_of(first);
    if (length == 0 || text.size() - i < length) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if (!continues(text[i + k])) return false;
    }
    if (length > 2) {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
          (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) {
        return false;
      }
    }
    i += length;
  }
  return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t octets_max) noexcept {
  if (text.size() <= octets_max) return text;
  std::size_t end = octets_max;
  while (end > 0 && continues(text[end])) --end;
  return text.substr(0, end);
}

}  // namespace tocsin
