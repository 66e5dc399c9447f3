// A network in binary form: what the address rule and the operator's allow-lists are made of.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/ip_address.h"
#include "tocsin/result.h"

namespace tocsin {

// The addresses of one family that share their first `bits` bits with `base`.
struct IpNetwork {
  IpAddress base;
  std::size_t bits = 0;

  constexpr bool contains(const IpAddress& address) const noexcept {
    if (address.family != base.family) return false;
    for (std::size_t i = 0; i * 8 < bits; ++i) {
      const std::size_t left = bits - i * 8;
      const unsigned mask = left >= 8 ? 0xff : 0xff00U >> left & 0xff;
      if (((address.octets[i] ^ base.octets[i]) & mask) != 0) return false;
    }
    return true;
  }

  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;
};

// "10.0.0.0/8", "fd00::/8", or an address alone, which is a network of one. Bits behind the prefix
// must be zero: whoever writes 10.1.2.3/8 means something else. Error: config_invalid.
Result<IpNetwork> parse_ip_network(std::string_view text);

}  // namespace tocsin
