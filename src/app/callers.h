// Who may call us, as the configuration says: access tokens of somebody else's authorization server
// or of our own, bearer tokens that stand in the configuration, and the policy of routes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/machine.h"
#include "http/router.h"
#include "issuer/jwks_cache.h"
#include "oauth/access_tokens.h"
#include "oauth/clients.h"
#include "oauth/guard.h"
#include "oauth/token_endpoint.h"
#include "oauth/used_assertions.h"

namespace tocsin::app {

// For the loop's thread.
class Callers {
 public:
  // `set_keys` sign SETs and must not sign access tokens (SEC-35). Errors: config_invalid,
  // file_unreadable, file_mode. `assertions` and `machine` must outlive it.
  static Result<std::unique_ptr<Callers>> open(const Config& config, const KeySet& set_keys,
                                               oauth::UsedAssertions& assertions, Machine& machine);

  // The policy of a tenant's routes: its challenges name that tenant's document.
  oauth::Guard& guard_of(const std::string& issuer) { return *guards_.at(issuer); }

  // The token endpoint with its documents, and what each tenant says about itself as a protected
  // resource. They must not outlive this object.
  std::vector<http::Route> routes();

  // Keeps the keys of a foreign issuer fresh, for ever; ends at once if there is none.
  http::Task<void> keep_fresh();

  // What a reload changes, made but not in force.
  struct Change {
    std::unique_ptr<oauth::MemoryClients> clients;
    std::unique_ptr<oauth::TokenCheck> static_tokens;
  };
  static Result<Change> prepare(const Config& config);
  // Who was removed has no access from now on (SEC-68).
  void apply(Change change);

 private:
  // The clients that count now.
  class CurrentClients final : public oauth::Clients {
   public:
    http::Task<Result<std::optional<oauth::RegisteredClient>>> find(std::string client_id) override;
    std::unique_ptr<oauth::MemoryClients> clients;
  };

  Callers(oauth::UsedAssertions& assertions, Machine& machine)
      : machine_(machine), assertions_(assertions) {}
  Result<void> open_own_issuer(const Config& config, const KeySet& set_keys);
  Result<void> open_foreign_issuer(const Config& config);
  Result<void> open_introspection(const Config& config);
  Result<void> open_guards(const Config& config);

  Machine& machine_;
  CurrentClients clients_;
  oauth::UsedAssertions& assertions_;
  std::unique_ptr<oauth::TokenEndpoint> endpoint_;
  std::unique_ptr<issuer::JwksCache> foreign_keys_;
  oauth::AccessTokens tokens_;
  std::map<std::string, std::unique_ptr<oauth::Guard>> guards_;
  std::vector<http::Route> documents_;
};

}  // namespace tocsin::app
