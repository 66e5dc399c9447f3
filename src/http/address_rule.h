// Which addresses Tocsin may call (SEC-40). A receiver names a URL and we connect to it from inside
// the operator's network, so without this rule anyone who may create a stream could reach what only
// we can reach. Addresses are judged in binary form and after resolving: text proves nothing.
#pragma once

#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/ip_network.h"
#include "base/url.h"
#include "tocsin/result.h"

namespace tocsin::http {

// False for everything the IANA special-purpose registries take out of global unicast: private,
// shared, loopback, link-local, documentation, benchmarking, multicast, reserved, local NAT64 and
// the IETF's own block with Teredo. An IPv6 address that embeds an IPv4 address (mapped, NAT64,
// 6to4, ISATAP) is global only if the embedded one is.
bool is_global_unicast(const IpAddress& address) noexcept;

// What the operator allows beyond global unicast. Nothing, unless the configuration says so.
struct AddressExceptions {
  std::vector<IpNetwork> networks;            // connected to although not global
  std::vector<std::string> hosts;             // lower case; whatever they resolve to is accepted
  std::vector<std::string> plain_http_hosts;  // as in Url::host; http:// is accepted for these
};

class AddressRule {
 public:
  explicit AddressRule(AddressExceptions exceptions = {});

  // What can be said without asking a name server, for URLs that somebody hands us (SEC-42):
  // plain http only for listed hosts (url_syntax), and no literal address that we would never
  // connect to (address_refused).
  Result<void> judge_url(const Url& url) const;

  // Whether the connection for `url` may go to `address`: called for every address of every
  // connection, between resolve and connect. Error: address_refused.
  Result<void> judge_address(const Url& url, const IpAddress& address) const;

 private:
  AddressExceptions exceptions_;
};

}  // namespace tocsin::http
