#include "oauth/token_client.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "http/parameters.h"
#include "jose/jws.h"
#include "oauth/basic.h"
#include "oauth/client_credentials.h"
#include "oauth/guard.h"

namespace tocsin::oauth {
namespace {

using std::chrono::seconds;

constexpr seconds lifetime_unknown{60};  // of a token whose server did not say
constexpr seconds lifetime_max{86'400};  // beyond it we ask anyhow
constexpr seconds renew_before_max{30};
constexpr seconds assertion_lifetime{60};

Errc refusal_of(std::string_view name) noexcept {
  if (name == "invalid_client" || name == "unauthorized_client") return Errc::client_invalid;
  if (name == "invalid_scope") return Errc::token_scope_request;
  if (name == "unsupported_grant_type") return Errc::token_grant;
  return Errc::token_request;
}

const std::string* find_string(const JsonObject& object, std::string_view name) {
  const Json* const member = object.find(name);
  return member != nullptr ? member->as_string() : nullptr;
}

void add_parameter(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form += name;
  form += '=';
  http::append_encoded(form, value);
}

// For how long a token is handed out: not into its last tenth or half minute.
seconds useful_life(const GrantedToken& token) {
  const seconds life = std::min(token.expires_in.value_or(lifetime_unknown), lifetime_max);
  return life - std::min(life / 10, renew_before_max);
}

}  // namespace

Result<GrantedToken> read_token_response(const http::Response& response) {
  const auto odd = [&](std::string_view what) {
    return Error(Errc::net_answer, "token endpoint: status " + std::to_string(response.status) +
                                       ", " + std::string(what));
  };
  if (response.status >= 500 || response.status == 429) return odd("it cannot tell now");
  const Result<Json> json = parse_json(response.body);
  if (!json || json->as_object() == nullptr) return odd("no JSON object");
  const JsonObject& body = *json->as_object();
  if (response.status != 200) {
    const std::string* const name = find_string(body, "error");
    if (name == nullptr) return odd("no member error");
    return Error(refusal_of(*name), "refused by the token endpoint");
  }
  const std::string* const token = find_string(body, "access_token");
  const std::string* const type = find_string(body, "token_type");
  if (token == nullptr || !is_b64token(*token)) return odd("no access_token");
  if (type == nullptr || !http::same_letters(*type, "Bearer")) return odd("token_type");
  GrantedToken granted{*token, {}};
  if (const Json* const member = body.find("expires_in")) {
    const JsonNumber* const number = member->as_number();
    const auto value = number != nullptr ? number->as_int64() : std::nullopt;
    if (!value || *value < 0) return odd("expires_in");
    granted.expires_in = seconds(*value);
  }
  return granted;
}

Result<std::unique_ptr<TokenClient>> TokenClient::open(TokenClientConfig config, Parts parts) {
  if (config.client_id.empty()) return Error(Errc::config_invalid, "token client: no client_id");
  if (config.client_secret.empty() == !config.assertion_key) {
    return Error(Errc::config_invalid, "token client: one of secret and key");
  }
  if (config.assertion_key && config.assertion_audience.empty()) {
    return Error(Errc::config_invalid, "token client: an assertion needs an audience");
  }
  return std::unique_ptr<TokenClient>(new TokenClient(std::move(config), parts));
}

Task<Result<std::string>> TokenClient::token() {
  if (!has_answer()) {
    if (fetching_) {
      co_await fetched_.wait();
    } else {
      co_await fetch();
    }
  }
  co_return answer_;
}

void TokenClient::discard(std::string_view token) {
  if (answer_ && *answer_ == token) until_ = Instant(-1);
}

bool TokenClient::has_answer() const {
  return parts_.clock.monotonic() < until_;
}

Task<void> TokenClient::fetch() {
  fetching_ = true;
  // Whatever happens, those who joined are told.
  const auto tell = [](TokenClient* self) {
    self->fetching_ = false;
    self->fetched_.open();
  };
  const std::unique_ptr<TokenClient, decltype(tell)> told(this, tell);
  const Instant asked = parts_.clock.monotonic();
  answer_ = Errc::internal_error;
  Result<GrantedToken> granted = co_await ask();
  until_ = asked + (granted ? useful_life(*granted) : failure_pause);
  if (granted) {
    answer_ = std::move(granted->access_token);
  } else {
    answer_ = std::move(granted).error();
  }
}

Task<Result<GrantedToken>> TokenClient::ask() {
  Result<http::OutboundRequest> made = request();
  if (!made) co_return std::move(made).error();
  const Result<http::Response> response = co_await parts_.client.send(std::move(*made));
  if (!response) co_return response.error();
  co_return read_token_response(*response);
}

Result<http::OutboundRequest> TokenClient::request() {
  http::OutboundRequest request;
  request.method = "POST";
  request.url = config_.token_endpoint;
  request.trust = config_.trust;
  request.headers.add("Accept", "application/json");
  request.headers.add("Content-Type", std::string(http::form_type));
  add_parameter(request.body, "grant_type", "client_credentials");
  if (!config_.scope.empty()) add_parameter(request.body, "scope", config_.scope);
  if (!config_.resource.empty()) add_parameter(request.body, "resource", config_.resource);
  if (config_.assertion_key) {
    TOCSIN_TRY(const std::string assertion, make_assertion());
    add_parameter(request.body, "client_assertion_type", assertion_type);
    add_parameter(request.body, "client_assertion", assertion);
  } else if (config_.secret_in_form) {
    add_parameter(request.body, "client_id", config_.client_id);
    add_parameter(request.body, "client_secret", config_.client_secret);
  } else {
    request.headers.add("Authorization",
                        basic_authorization({config_.client_id, config_.client_secret}));
  }
  return request;
}

Result<std::string> TokenClient::make_assertion() {
  const auto now = parts_.clock.wall_seconds().time_since_epoch();
  const JsonObject claims{{"iss", config_.client_id},
                          {"sub", config_.client_id},
                          {"aud", config_.assertion_audience},
                          {"iat", static_cast<std::int64_t>(now.count())},
                          {"exp", static_cast<std::int64_t>((now + assertion_lifetime).count())},
                          {"jti", parts_.random.id()}};
  return jose::sign_jws("JWT", to_text(claims), *config_.assertion_key);
}

}  // namespace tocsin::oauth
