#include "app/callers.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/config_file.h"
#include "app/file.h"
#include "app/key_file.h"
#include "app/store_key.h"
#include "base/base64url.h"
#include "base/try.h"
#include "oauth/introspection.h"
#include "oauth/jwt_check.h"
#include "oauth/resource_metadata.h"
#include "oauth/scopes.h"
#include "oauth/static_tokens.h"

namespace tocsin::app {
namespace {

constexpr std::size_t jwks_max = 256 * 1024;  // octets

Result<Sha256> read_hash(const std::string& text) {
  TOCSIN_TRY(const std::string octets, base64url_decode(text));
  Sha256 hash{};
  if (octets.size() != hash.size()) return Error(Errc::config_invalid, "no SHA-256");
  std::copy(octets.begin(), octets.end(), hash.begin());
  return hash;
}

Result<oauth::RegisteredClient> client_of(const ClientSection& section) {
  oauth::RegisteredClient client;
  client.client_id = section.client_id;
  client.scopes = section.scopes;
  for (const std::string& text : section.secret_sha256) {
    TOCSIN_TRY(const Sha256 hash, read_hash(text));
    client.secret_hashes.push_back(hash);
  }
  if (!section.jwks.path.empty()) {
    TOCSIN_TRY(const std::string jwks, read_file(section.jwks.path, jwks_max));
    TOCSIN_TRY(client.keys, KeySet::parse(jwks));
  }
  return client;
}

Result<std::unique_ptr<oauth::TokenCheck>> static_tokens_of(const Config& config) {
  std::vector<oauth::StaticToken> tokens;
  for (const StaticTokenSection& section : config.static_tokens) {
    TOCSIN_TRY(const Sha256 hash, read_hash(section.token_sha256));
    tokens.push_back({hash, section.client_id, section.scopes});
  }
  TOCSIN_TRY(auto check, oauth::StaticTokens::open(std::move(tokens)));
  return std::unique_ptr<oauth::TokenCheck>(
      std::make_unique<oauth::StaticTokens>(std::move(check)));
}

std::vector<std::string> issuers_of(const Config& config) {
  std::vector<std::string> issuers{config.transmitter.issuer};
  for (const TenantSection& tenant : config.tenants) issuers.push_back(tenant.issuer);
  return issuers;
}

}  // namespace

http::Task<Result<std::optional<oauth::RegisteredClient>>> Callers::CurrentClients::find(
    std::string client_id) {
  return clients->find(std::move(client_id));
}

Result<std::unique_ptr<Callers>> Callers::open(const Config& config, const KeySet& set_keys,
                                               oauth::UsedAssertions& assertions,
                                               Machine& machine) {
  std::unique_ptr<Callers> callers(new Callers(assertions, machine));
  TOCSIN_TRY(Change change, prepare(config));
  callers->apply(std::move(change));
  if (config.oauth.embedded) {
    TOCSIN_CHECK(callers->open_own_issuer(config, set_keys));
  } else if (!config.oauth.issuer.empty()) {
    TOCSIN_CHECK(callers->open_foreign_issuer(config));
  }
  if (!config.oauth.introspection_url.empty()) TOCSIN_CHECK(callers->open_introspection(config));
  TOCSIN_CHECK(callers->open_guards(config));
  return callers;
}

Result<void> Callers::open_own_issuer(const Config& config, const KeySet& set_keys) {
  TOCSIN_TRY(const jose::SecretBox box, open_store_key(config.store.key));
  TOCSIN_TRY(
      const std::vector<StoredKey> stored,
      load_key_file(config.oauth.token_keys.path, {.box = &box, .plain = config.store.plain_keys}));
  std::vector<SigningKey> keys;
  for (const StoredKey& key : stored) keys.push_back(key.key);
  oauth::TokenEndpointConfig endpoint;
  endpoint.issuer = config.oauth.issuer;
  endpoint.resource = config.oauth.audience.front();
  endpoint.scopes = oauth::known_scopes({.finer = config.oauth.finer_scopes});
  endpoint.lifetime = std::chrono::floor<std::chrono::seconds>(config.oauth.token_lifetime);
  TOCSIN_TRY(endpoint_, oauth::TokenEndpoint::open(std::move(endpoint), std::move(keys), set_keys,
                                                   {.clients = clients_,
                                                    .assertions = assertions_,
                                                    .workers = machine_.workers,
                                                    .random = machine_.random,
                                                    .clock = machine_.clock}));
  TOCSIN_TRY(auto check, oauth::OwnTokenCheck::open(endpoint_->policy(), endpoint_->keys(),
                                                    clients_, machine_.clock));
  return tokens_.add_issuer(config.oauth.issuer, std::move(check));
}

Result<void> Callers::open_foreign_issuer(const Config& config) {
  http::Client& client = *machine_.client;
  if (config.oauth.jwks_uri.empty()) {
    foreign_keys_ = std::make_unique<issuer::JwksCache>(config.oauth.issuer, client, machine_.clock,
                                                        issuer::Metadata::authorization_server);
  } else {
    TOCSIN_TRY(Url jwks_uri, parse_url(config.oauth.jwks_uri));
    foreign_keys_ =
        std::make_unique<issuer::JwksCache>(std::move(jwks_uri), client, machine_.clock);
  }
  oauth::TokenPolicy policy;
  policy.issuer = config.oauth.issuer;
  policy.audiences = config.oauth.audience;
  TOCSIN_TRY(auto check, oauth::JwtCheck::open(std::move(policy), *foreign_keys_, machine_.clock));
  return tokens_.add_issuer(config.oauth.issuer, std::move(check));
}

Result<void> Callers::open_introspection(const Config& config) {
  oauth::IntrospectionConfig introspection;
  TOCSIN_TRY(introspection.endpoint, parse_url(config.oauth.introspection_url));
  introspection.client_id = config.oauth.introspection_client_id;
  TOCSIN_TRY(introspection.client_secret, read_secret(config.oauth.introspection_client_secret));
  introspection.policy.issuer = config.oauth.issuer;
  introspection.policy.audiences = config.oauth.audience;
  TOCSIN_TRY(auto check, oauth::IntrospectionCheck::open(std::move(introspection), *machine_.client,
                                                         machine_.clock));
  tokens_.add_introspection(std::move(check));
  return {};
}

Result<void> Callers::open_guards(const Config& config) {
  const oauth::ScopeOptions scopes{.finer = config.oauth.finer_scopes};
  for (const std::string& issuer : issuers_of(config)) {
    oauth::Guard::Config guard;
    TOCSIN_TRY(guard.resource_metadata, oauth::resource_metadata_url(issuer));
    guard.scopes = scopes;
    guards_.emplace(issuer,
                    std::make_unique<oauth::Guard>(std::move(guard), tokens_, machine_.clock));
    oauth::ProtectedResource resource{
        .resource = issuer, .authorization_servers = {}, .scopes = oauth::known_scopes(scopes)};
    if (!config.oauth.issuer.empty()) resource.authorization_servers = {config.oauth.issuer};
    TOCSIN_TRY(http::Route route, oauth::resource_metadata_route(resource));
    documents_.push_back(std::move(route));
  }
  return {};
}

std::vector<http::Route> Callers::routes() {
  std::vector<http::Route> routes = documents_;
  if (endpoint_) std::ranges::move(endpoint_->routes(), std::back_inserter(routes));
  return routes;
}

http::Task<void> Callers::keep_fresh() {
  if (foreign_keys_) co_await foreign_keys_->keep_fresh(machine_.timers);
}

Result<Callers::Change> Callers::prepare(const Config& config) {
  std::vector<oauth::RegisteredClient> clients;
  for (const ClientSection& section : config.clients) {
    TOCSIN_TRY(oauth::RegisteredClient client, client_of(section));
    clients.push_back(std::move(client));
  }
  TOCSIN_TRY(auto registry, oauth::MemoryClients::open(std::move(clients)));
  Change change;
  change.clients = std::make_unique<oauth::MemoryClients>(std::move(registry));
  TOCSIN_TRY(change.static_tokens, static_tokens_of(config));
  return change;
}

void Callers::apply(Change change) {
  clients_.clients = std::move(change.clients);
  tokens_.add_static(std::move(change.static_tokens));
}

}  // namespace tocsin::app
