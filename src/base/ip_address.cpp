#include "base/ip_address.h"

#include <arpa/inet.h>

namespace tocsin {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Four octets of dotted decimal into `out`.
bool parse_dotted(std::string_view text, std::uint8_t* out) noexcept {
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (at == text.size() || text[at] != '.') return false;
      ++at;
    }
    const std::size_t start = at;
    int value = 0;
    while (at < text.size() && is_digit(text[at]) && at - start < 3) {
      value = value * 10 + (text[at] - '0');
      ++at;
    }
    const std::size_t digits = at - start;
    if (digits == 0 || value > 255 || (digits > 1 && text[start] == '0')) return false;
    out[part] = static_cast<std::uint8_t>(value);
  }
  return at == text.size();
}

bool parse_groups(std::string_view text, std::array<std::uint8_t, 16>& out) noexcept {
  constexpr std::size_t none = 16;
  std::size_t filled = 0;  // octets read
  std::size_t gap = none;  // where "::" stood, in octets
  std::size_t at = 0;
  if (text.starts_with("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.size()) {
    if (filled == 16) return false;
    const std::size_t start = at;
    unsigned value = 0;
    while (at < text.size() && at - start < 4 && hex_value(text[at]) >= 0) {
      value = value << 4 | static_cast<unsigned>(hex_value(text[at]));
      ++at;
    }
    if (at == start) return false;
    if (at < text.size() && text[at] == '.') {  // the last 32 bits in dotted decimal
      if (filled > 12 || !parse_dotted(text.substr(start), &out[filled])) return false;
      filled += 4;
      break;
    }
    out[filled++] = static_cast<std::uint8_t>(value >> 8);
    out[filled++] = static_cast<std::uint8_t>(value);
    if (at == text.size()) break;
    if (text[at++] != ':' || at == text.size()) return false;
    if (text[at] == ':') {
      if (gap != none) return false;
      gap = filled;
      ++at;
    }
  }
  if (gap == none) return filled == 16;
  if (filled == 16) return false;  // "::" stands for at least one group
  // What follows the gap moves to the end; the gap itself becomes zero.
  const std::size_t tail = filled - gap;
  for (std::size_t i = 0; i < tail; ++i) out[15 - i] = out[filled - 1 - i];
  for (std::size_t i = gap; i < 16 - tail; ++i) out[i] = 0;
  return true;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) noexcept {
  IpAddress address;
  if (text.find(':') == std::string_view::npos) {
    if (!parse_dotted(text, address.octets.data())) return std::nullopt;
    return address;
  }
  address.family = IpAddress::Family::v6;
  if (!parse_groups(text, address.octets)) return std::nullopt;
  return address;
}

std::string to_text(const IpAddress& address) {
  std::string text;
  if (address.family == IpAddress::Family::v4) {
    for (int i = 0; i < 4; ++i) {
      if (i > 0) text += '.';
      text += std::to_string(address.octets[static_cast<std::size_t>(i)]);
    }
    return text;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < 16; ++i) {
    if (i > 0 && i % 2 == 0) text += ':';
    text += digits[address.octets[i] >> 4];
    text += digits[address.octets[i] & 15];
  }
  return text;
}

std::string to_short_text(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.family == IpAddress::Family::v4 ? AF_INET : AF_INET6;
  inet_ntop(family, address.octets.data(), text.data(), text.size());
  return text.data();
}

}  // namespace tocsin
