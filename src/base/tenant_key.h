// Who calls: the pair that owns streams and quotas. A client id alone names nobody, because two
// authorization servers may give the same one (trust.md, SEC-09).
#pragma once

#include <compare>
#include <string>

namespace tocsin {

struct TenantKey {
  std::string token_issuer;  // the authorization server's issuer, or "static" for bearer tokens of
                             // the configuration
  std::string client_id;
  friend auto operator<=>(const TenantKey&, const TenantKey&) = default;
};

}  // namespace tocsin
