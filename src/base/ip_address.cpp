#include "base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace tocsin {
namespace {

constexpr std::size_t longest_text = INET6_ADDRSTRLEN - 1;

Error bad_network(std::string_view text) {
  return {Errc::config_invalid, "not a network in prefix notation: " + std::string(text)};
}

}  // namespace

std::string IpAddress::to_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4() ? AF_INET : AF_INET6, octets_.data(), text.data(), text.size());
  return text.data();
}

Result<IpAddress> parse_ip_address(std::string_view text) {
  // inet_pton reads a C string: what would end it early or run past the buffer is refused here.
  if (text.size() <= longest_text && text.find('\0') == std::string_view::npos) {
    const std::string terminated(text);
    IpAddress::V4 v4{};
    if (inet_pton(AF_INET, terminated.c_str(), v4.data()) == 1) return IpAddress(v4);
    IpAddress::V6 v6{};
    if (inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) return IpAddress(v6);
  }
  return Error(Errc::url_syntax, "not an IP address");
}

std::string IpNetwork::to_text() const {
  return base_.to_text() + "/" + std::to_string(bits_);
}

Result<IpNetwork> parse_ip_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto base = parse_ip_address(text.substr(0, slash));
  if (!base) return bad_network(text);
  std::size_t bits = base->octets().size() * 8;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const std::size_t most = bits;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    const bool canonical = digits.size() == 1 || (!digits.empty() && digits.front() != '0');
    if (error != std::errc{} || end != digits.data() + digits.size() || !canonical || bits > most) {
      return bad_network(text);
    }
  }
  const IpNetwork network(*base, bits);
  for (std::size_t bit = bits; bit < base->octets().size() * 8; ++bit) {
    if ((base->octets()[bit / 8] >> (7 - bit % 8) & 1) != 0) return bad_network(text);
  }
  return network;
}

}  // namespace tocsin
