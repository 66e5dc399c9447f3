#include "oauth/token_endpoint.h"

#include <algorithm>
#include <utility>

#include "base/outer_faces.h"
#include "base/try.h"
#include "jose/jws.h"
#include "oauth/document.h"
#include "oauth/scopes.h"
#include "oauth/well_known.h"

namespace tocsin::oauth {
namespace {

constexpr std::string_view grant_type = "client_credentials";
constexpr std::size_t body_max = 64 * 1024;  // bytes of a form (trust.md section 1)

// RFC 6749 5.2; empty for what is ours and answered as any failure of ours.
std::string_view error_name(Errc code) noexcept {
  switch (code) {
    case Errc::token_request:
      return "invalid_request";
    case Errc::token_grant:
      return "unsupported_grant_type";
    case Errc::token_scope_request:
      return "invalid_scope";
    case Errc::client_invalid:
    case Errc::http_too_many:
      return "invalid_client";
    default:
      return "";
  }
}

http::Response json_response(unsigned status, const Json& body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Pragma", "no-cache");
  response.body = to_text(body);
  return response;
}

// The same octets whoever was refused, and why: what went wrong is the row of the defect.
Result<http::Response> refusal(const Error& error) {
  const std::string_view name = error_name(error.code);
  if (name.empty()) return error;
  http::Response response = json_response(
      http_status(error), JsonObject{{"error", name}, {"error_description", error.public_text()}});
  if (error.code == Errc::client_invalid) {
    response.headers.add("WWW-Authenticate", "Basic realm=\"token endpoint\"");
  }
  if (error.code == Errc::http_too_many) response.headers.add("Retry-After", "5");
  return response;
}

bool is_key_of(const SigningKey& key, const KeySet& set) {
  const Result<std::string> ours = jwk_thumbprint(key.public_jwk());
  const Json jwks = set.to_jwks();
  const JsonArray& theirs = *jwks.as_object()->find("keys")->as_array();
  return std::ranges::any_of(theirs, [&](const Json& jwk) {
    const Result<std::string> other = jwk_thumbprint(jwk);
    return ours && other && *ours == *other;
  });
}

Result<void> judge_keys(const std::vector<SigningKey>& keys, const KeySet& set_keys) {
  if (keys.empty()) return Error(Errc::config_invalid, "token endpoint: no key");
  for (const SigningKey& key : keys) {
    if (key.algorithm() != Algorithm::RS256 && key.algorithm() != Algorithm::ES256) {
      return Error(Errc::config_invalid, "token endpoint: a key is neither RS256 nor ES256");
    }
    if (is_key_of(key, set_keys)) {
      return Error(Errc::config_invalid, "token endpoint: a key signs SETs, too");
    }
  }
  return {};
}

JsonArray to_array(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

}  // namespace

Result<TokenRequest> read_token_request(const http::Request& request, std::string_view resource) {
  // What stands in a URL ends in logs.
  if (!request.query.empty()) return Error(Errc::token_request, "parameters in the query");
  const Result<http::Parameters> form = http::Parameters::parse(request.body);
  if (!form) return Error(Errc::token_request, form.error().detail);
  const std::string* const type = form->find("grant_type");
  if (type == nullptr) return Error(Errc::token_request, "no grant_type");
  const std::string* const wanted = form->find("resource");
  if (wanted != nullptr && *wanted != resource) {
    return Error(Errc::token_request, "another resource");
  }
  TOCSIN_TRY(ClientCredentials credentials, read_client_credentials(request.headers, *form));
  TokenRequest read{.credentials = std::move(credentials), .grant_type = *type, .scope = {}};
  if (const std::string* const scope = form->find("scope")) read.scope = *scope;
  return read;
}

Result<std::vector<std::string>> grant_scopes(const std::optional<std::string>& asked,
                                              const RegisteredClient& client) {
  std::vector<std::string> scopes = client.scopes;
  if (asked) {
    TOCSIN_TRY(scopes, parse_scope(*asked));
    std::erase_if(scopes, [&](const std::string& scope) { return !client.may_have(scope); });
  }
  if (scopes.empty()) return Error(Errc::token_scope_request, "nothing to grant");
  return scopes;
}

Result<std::unique_ptr<TokenEndpoint>> TokenEndpoint::open(TokenEndpointConfig config,
                                                           std::vector<SigningKey> keys,
                                                           const KeySet& set_keys, Parts parts) {
  TOCSIN_TRY(const Base base, parse_base(config.issuer, "issuer"));
  if (config.resource.empty()) return Error(Errc::config_invalid, "token endpoint: no resource");
  if (config.lifetime <= std::chrono::seconds::zero() || config.lifetime > token_lifetime_max) {
    return Error(Errc::config_invalid, "token endpoint: lifetime");
  }
  TOCSIN_CHECK(judge_keys(keys, set_keys));
  Places places{.origin = base.origin,
                .token = base.path + "/oauth/token",
                .jwks = base.path + "/oauth/jwks.json",
                .metadata = base.inserted("oauth-authorization-server")};
  return std::unique_ptr<TokenEndpoint>(
      new TokenEndpoint(std::move(config), std::move(places), std::move(keys), parts));
}

TokenEndpoint::TokenEndpoint(TokenEndpointConfig config, Places places,
                             std::vector<SigningKey> keys, Parts parts)
    : config_(std::move(config)),
      places_(std::move(places)),
      keys_(std::move(keys)),
      parts_(parts),
      assertion_policy_{.audiences = {config_.issuer, places_.origin + places_.token}},
      failures_(config_.failures) {}

TokenPolicy TokenEndpoint::policy() const {
  return {.issuer = config_.issuer,
          .audiences = {config_.resource},
          .algorithms = {Algorithm::RS256, Algorithm::ES256},
          .lifetime_max = config_.lifetime};
}

std::vector<http::Route> TokenEndpoint::routes() {
  http::Route token;
  token.method = "POST";
  token.path = places_.token;
  token.access = http::Access::open();  // the client's credentials are for the handler
  token.media_types = {std::string(http::form_type)};
  token.body_max = body_max;
  token.handler = [this](http::Request request) { return answer(std::move(request)); };
  return {std::move(token), document_route(places_.metadata, metadata()),
          document_route(places_.jwks, keys().to_jwks(), "application/jwk-set+json")};
}

Json TokenEndpoint::metadata() const {
  JsonArray algorithms;
  for (const Algorithm algorithm :
       {Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA}) {
    if (assertion_policy_.algorithms.contains(algorithm))
      algorithms.emplace_back(to_string(algorithm));
  }
  return JsonObject{
      {"issuer", config_.issuer},
      {"token_endpoint", places_.origin + places_.token},
      {"jwks_uri", places_.origin + places_.jwks},
      {"scopes_supported", to_array(config_.scopes)},
      {"response_types_supported", JsonArray{}},
      {"grant_types_supported", JsonArray{grant_type}},
      {"token_endpoint_auth_methods_supported",
       JsonArray{"client_secret_basic", "client_secret_post", "private_key_jwt"}},
      {"token_endpoint_auth_signing_alg_values_supported", std::move(algorithms)},
  };
}

Task<Result<http::Response>> TokenEndpoint::answer(http::Request request) {
  Result<Grant> granted = co_await grant(request);
  if (!granted) co_return refusal(granted.error());
  co_return json_response(
      200, JsonObject{{"access_token", std::move(granted->access_token)},
                      {"token_type", "Bearer"},
                      {"expires_in", static_cast<std::int64_t>(config_.lifetime.count())},
                      {"scope", to_scope(granted->scopes)}});
}

Task<Result<TokenEndpoint::Grant>> TokenEndpoint::grant(const http::Request& request) {
  Result<TokenRequest> read = read_token_request(request, config_.resource);
  if (!read) co_return limited(std::move(read).error(), request.peer, "");
  const std::string& client_id = client_id_of(read->credentials);
  Result<RegisteredClient> client = co_await authenticate(read->credentials);
  if (!client) co_return limited(std::move(client).error(), request.peer, client_id);
  if (read->grant_type != grant_type) co_return Errc::token_grant;
  Result<std::vector<std::string>> scopes = grant_scopes(read->scope, *client);
  if (!scopes) co_return std::move(scopes).error();
  Result<std::string> token = co_await mint(client->client_id, to_scope(*scopes));
  if (!token) co_return std::move(token).error();
  co_return Grant{std::move(*token), std::move(*scopes)};
}

// A client that does not exist is looked at as one that does (SEC-63).
Task<Result<RegisteredClient>> TokenEndpoint::authenticate(const ClientCredentials& credentials) {
  Result<std::optional<RegisteredClient>> found =
      co_await parts_.clients.find(client_id_of(credentials));
  if (!found) co_return std::move(found).error();
  const RegisteredClient* const client = *found ? &**found : nullptr;
  Result<void> proven = co_await prove(credentials, client);
  if (!proven) co_return std::move(proven).error();
  co_return std::move(**found);
}

// Success only for a client that exists.
Task<Result<void>> TokenEndpoint::prove(const ClientCredentials& credentials,
                                        const RegisteredClient* client) {
  if (const auto* secret = std::get_if<SecretCredentials>(&credentials)) {
    if (!has_secret(client, secret->client_secret)) co_return Error(Errc::client_invalid, "secret");
    co_return Result<void>();
  }
  const std::string& assertion = std::get<AssertionCredentials>(credentials).assertion;
  const auto now = parts_.clock.wall_seconds();
  const Result<CheckedAssertion> checked =
      verify_assertion(assertion, client, assertion_policy_, now);
  if (!checked) co_return checked.error();
  const Result<bool> fresh =
      co_await parts_.assertions.use(client->client_id, checked->jti, checked->exp);
  if (!fresh) co_return fresh.error();
  if (!*fresh) co_return Error(Errc::client_invalid, "assertion was used before");
  co_return Result<void>();
}

// RFC 9068 2.2.
Task<Result<std::string>> TokenEndpoint::mint(std::string client_id, std::string scope) {
  const auto now = parts_.clock.wall_seconds();
  const auto seconds = [](std::chrono::sys_seconds time) -> std::int64_t {
    return time.time_since_epoch().count();
  };
  std::string claims = to_text(JsonObject{{"iss", config_.issuer},
                                          {"sub", client_id},
                                          {"client_id", client_id},
                                          {"aud", config_.resource},
                                          {"scope", std::move(scope)},
                                          {"iat", seconds(now)},
                                          {"nbf", seconds(now)},
                                          {"exp", seconds(now + config_.lifetime)},
                                          {"jti", parts_.random.id()}});
  const auto sign = [claims = std::move(claims), key = keys_.front()] {
    return jose::sign_jws("at+jwt", claims, key);
  };
  co_return co_await loop::off_loop(parts_.workers, sign);
}

Error TokenEndpoint::limited(Error error, std::string_view peer, std::string_view client_id) {
  if (error.code != Errc::client_invalid) return error;
  const auto now = parts_.clock.monotonic();
  const bool peer_exceeds = failures_.is_exceeded("peer " + counted_peer(peer), now);
  const bool client_exceeds =
      !client_id.empty() && failures_.is_exceeded("client " + std::string(client_id), now);
  if (!peer_exceeds && !client_exceeds) return error;
  return {Errc::http_too_many, "failed client authentications"};
}

}  // namespace tocsin::oauth
