// IP addresses and networks as plain values: what the URL parser, the address rule and the
// resolver hand to each other. No socket type and no call that could ask a name server.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "tocsin/result.h"

namespace tocsin {

class IpAddress {
 public:
  using V4 = std::array<std::uint8_t, 4>;
  using V6 = std::array<std::uint8_t, 16>;

  constexpr IpAddress(const V4& octets) noexcept : size_(4) {  // NOLINT: the same thing
    for (std::size_t i = 0; i < octets.size(); ++i) octets_[i] = octets[i];
  }
  constexpr IpAddress(const V6& octets) noexcept : octets_(octets), size_(16) {}  // NOLINT

  constexpr bool is_v4() const noexcept { return size_ == 4; }
  constexpr std::span<const std::uint8_t> octets() const noexcept {
    return {octets_.data(), size_};
  }

  // The IPv4 address made of the four octets from `offset` on: what an IPv6 address may embed.
  constexpr IpAddress embedded(std::size_t offset) const noexcept {
    return V4{octets_[offset], octets_[offset + 1], octets_[offset + 2], octets_[offset + 3]};
  }

  // Dotted decimal, or the canonical form of RFC 5952. Parses back to the same address.
  std::string to_text() const;

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  V6 octets_{};
  std::uint8_t size_;
};

// Four decimal numbers without leading zeros, or an IPv6 address without zone. Octal, hexadecimal
// and short forms are refused, never reinterpreted. Error: url_syntax.
Result<IpAddress> parse_ip_address(std::string_view text);

// The addresses that share their first `bits` bits.
class IpNetwork {
 public:
  constexpr IpNetwork(const IpAddress& base, std::size_t bits) : base_(base), bits_(bits) {
    TOCSIN_ASSERT(bits <= base.octets().size() * 8);
  }

  // False if the address is of the other family.
  constexpr bool contains(const IpAddress& address) const noexcept {
    if (address.is_v4() != base_.is_v4()) return false;
    for (std::size_t i = 0; i * 8 < bits_; ++i) {
      const std::size_t left = bits_ - i * 8;
      const unsigned mask = left >= 8 ? 0xff : 0xff00U >> left & 0xff;
      if (((address.octets()[i] ^ base_.octets()[i]) & mask) != 0) return false;
    }
    return true;
  }

  std::string to_text() const;

 private:
  IpAddress base_;
  std::size_t bits_;
};

// "10.0.0.0/8", "fd00::/8", or an address alone, which is a network of one. Bits behind the prefix
// must be zero: whoever writes 10.1.2.3/8 means something else. Error: config_invalid.
Result<IpNetwork> parse_ip_network(std::string_view text);

}  // namespace tocsin
