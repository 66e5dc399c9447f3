// Who asks when a proxy stands in between. A proxy's word counts only if the operator trusts the
// address it comes from, and only in the one header that this proxy writes: anybody can send the
// other one through it (SEC-50).
#pragma once

#include <cstdint>
#include <vector>

#include "base/ip_network.h"
#include "http/message.h"

namespace tocsin::http {

struct TrustedProxies {
  enum class Says : std::uint8_t {
    x_forwarded_for,  // X-Forwarded-For: 192.0.2.1, 198.51.100.2
    forwarded,        // Forwarded: for=192.0.2.1, for="[2001:db8::1]:4711" (RFC 7239)
  };

  std::vector<IpNetwork> networks{};
  Says says = Says::x_forwarded_for;

  bool contains(const IpAddress& address) const noexcept;
};

// The nearest address that is none of `proxies`, from `peer` backwards along what the proxies say.
// Where a hop is no address ("unknown", "_hidden", nonsense), it is the proxy that said so.
IpAddress client_of(const IpAddress& peer, const Headers& headers, const TrustedProxies& proxies);

}  // namespace tocsin::http
