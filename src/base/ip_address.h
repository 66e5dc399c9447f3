// IP addresses between text and binary, by hand: no resolver, no zone, no locale. What is compared
// or judged is the binary form; the text an address came in says nothing.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

struct IpAddress {
  enum class Family : std::uint8_t { v4, v6 };

  Family family = Family::v4;
  std::array<std::uint8_t, 16> octets{};  // network order; IPv4 fills the first four

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

// Dotted decimal without leading zeros, or any of the three text forms of RFC 4291 section 2.2. No
// brackets, port, prefix length or zone. An IPv4-mapped IPv6 address stays an IPv6 address.
std::optional<IpAddress> parse_ip_address(std::string_view text) noexcept;

// Dotted decimal, or eight groups of four lower-case digits (the form of RFC 4001 that SSF cites).
std::string to_text(const IpAddress& address);

// Dotted decimal, or the compressed form of RFC 5952: how URLs and people write it.
std::string to_short_text(const IpAddress& address);

}  // namespace tocsin
