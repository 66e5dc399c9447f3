#include "base/ip_network.h"

#include <charconv>
#include <optional>

namespace tocsin {
namespace {

Error refuse(std::string_view text) {
  return {Errc::config_invalid, "not a network in prefix notation: " + std::string(text)};
}

std::optional<std::size_t> parse_length(std::string_view digits) {
  std::size_t bits = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, bits);
  if (error != std::errc{} || stop != end) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  return bits;
}

}  // namespace

Result<IpNetwork> parse_ip_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto base = parse_ip_address(text.substr(0, slash));
  if (!base) return refuse(text);
  const std::size_t width = base->family == IpAddress::Family::v4 ? 32 : 128;
  const auto bits = slash == std::string_view::npos ? width : parse_length(text.substr(slash + 1));
  if (!bits || *bits > width) return refuse(text);
  for (std::size_t bit = *bits; bit < width; ++bit) {
    if ((base->octets[bit / 8] >> (7 - bit % 8) & 1) != 0) return refuse(text);
  }
  return IpNetwork{*base, *bits};
}

}  // namespace tocsin
