// The decoder against a second one that is slow and plain, and against the encoder.
#include "base/base64url.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace {

// Collects bits one character at a time.
std::optional<std::string> decode_plainly(std::string_view text) {
  std::string octets;
  unsigned bits = 0;
  int bits_count = 0;
  for (const char c : text) {
    unsigned value = 0;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<unsigned>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<unsigned>(c - 'a') + 26;
    } else if (c >= '0' && c <= '9') {
      value = static_cast<unsigned>(c - '0') + 52;
    } else if (c == '-') {
      value = 62;
    } else if (c == '_') {
      value = 63;
    } else {
      return std::nullopt;
    }
    bits = bits << 6 | value;
    bits_count += 6;
    if (bits_count >= 8) {
      bits_count -= 8;
      octets += static_cast<char>(bits >> bits_count);
      bits &= (1U << bits_count) - 1;
    }
  }
  // What is left must be less than a character's worth, and zero.
  if (bits_count >= 6 || bits != 0) return std::nullopt;
  return octets;
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto octets = base64url_decode(text);
  const auto expected = decode_plainly(text);
  require(octets.has_value() == expected.has_value());
  if (octets) require(*octets == *expected && base64url_encode(*octets) == text);
  require(base64url_decode(base64url_encode(text)).value() == text);
  return 0;
}
