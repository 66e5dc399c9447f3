// The embedded authorization server: access tokens by client credentials (RFC 6749 4.4), its
// metadata (RFC 8414) and its keys (SEC-63).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http/router.h"
#include "loop/workers.h"
#include "oauth/access_token.h"
#include "oauth/client_credentials.h"
#include "oauth/clients.h"
#include "oauth/failure_limit.h"
#include "oauth/used_assertions.h"
#include "tocsin/keys.h"

namespace tocsin::oauth {

inline constexpr std::chrono::seconds token_lifetime_max{3600};  // SEC-63, IOP-2.7.1-03

struct TokenEndpointConfig {
  std::string issuer;               // an https URL; the endpoint is below it, at /oauth/token
  std::string resource;             // what tokens are for: `aud`
  std::vector<std::string> scopes;  // `scopes_supported`
  std::chrono::seconds lifetime{600};
  FailureLimit::Config failures{};
};

// What the body of a token request says.
struct TokenRequest {
  ClientCredentials credentials;
  std::string grant_type;
  std::optional<std::string> scope;
};

// token_request, client_invalid. `resource` is the only one that may be asked for (RFC 8707).
Result<TokenRequest> read_token_request(const http::Request& request, std::string_view resource);

// The scopes a client gets: those it asked for, as far as it is registered for them, or all it is
// registered for (RFC 6749 3.3). token_scope_request if that is none.
Result<std::vector<std::string>> grant_scopes(const std::optional<std::string>& asked,
                                              const RegisteredClient& client);

// For the loop's thread; must outlive the server that has its routes, as must its parts.
class TokenEndpoint {
 public:
  struct Parts {
    Clients& clients;
    UsedAssertions& assertions;
    loop::Workers& workers;  // sign
    Random& random;
    const Clock& clock;
  };

  // The first of `keys` signs, all are published. config_invalid for an issuer or a resource that
  // is none, a lifetime above the limit, a key that is not RS256 or ES256, or that signs SETs, too
  // (SEC-35): `set_keys` are those.
  static Result<std::unique_ptr<TokenEndpoint>> open(TokenEndpointConfig config,
                                                     std::vector<SigningKey> keys,
                                                     const KeySet& set_keys, Parts parts);

  // POST of the endpoint, GET of metadata and keys.
  std::vector<http::Route> routes();

  // What OwnTokenCheck needs to know our tokens by.
  TokenPolicy policy() const;
  KeySet keys() const { return KeySet::of(keys_); }

 private:
  struct Places {
    std::string origin;
    std::string token;  // paths
    std::string jwks;
    std::string metadata;
  };
  struct Grant {
    std::string access_token;
    std::vector<std::string> scopes;
  };

  TokenEndpoint(TokenEndpointConfig config, Places places, std::vector<SigningKey> keys,
                Parts parts);

  Task<Result<http::Response>> answer(http::Request request);
  Task<Result<Grant>> grant(const http::Request& request);
  Task<Result<RegisteredClient>> authenticate(const ClientCredentials& credentials);
  Task<Result<void>> prove(const ClientCredentials& credentials, const RegisteredClient* client);
  Task<Result<std::string>> mint(std::string client_id, std::string scope);
  Json metadata() const;
  Error limited(Error error, std::string_view peer, std::string_view client_id);

  const TokenEndpointConfig config_;
  const Places places_;
  const std::vector<SigningKey> keys_;
  const Parts parts_;
  const AssertionPolicy assertion_policy_;
  FailureLimit failures_;
};

}  // namespace tocsin::oauth
