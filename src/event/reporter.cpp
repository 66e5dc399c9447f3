#include "event/reporter.h"

namespace tocsin {

std::string quoted(std::string_view text) {
  constexpr std::size_t octets_max = 64;
  constexpr std::string_view hex = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text.substr(0, octets_max)) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet > 0x7e || c == '"' || c == '\\') {
      result += {'\\', 'x', hex[octet >> 4], hex[octet & 15]};
    } else {
      result += c;
    }
  }
  result += text.size() > octets_max ? "\"..." : "\"";
  return result;
}

}  // namespace tocsin
