// Access tokens for calls we make: fetched by client credentials (RFC 6749 4.4), kept until shortly
// before they end (IOP-2.7.1-05).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/url.h"
#include "http/client.h"
#include "loop/gate.h"
#include "tocsin/json.h"
#include "tocsin/keys.h"

namespace tocsin::oauth {

using http::Task;

struct TokenClientConfig {
  Url token_endpoint;
  std::string client_id;
  std::string client_secret{};                // empty where `assertion_key` is what we have
  bool secret_in_form = false;                // client_secret_post; else client_secret_basic
  std::optional<SigningKey> assertion_key{};  // private_key_jwt
  std::string assertion_audience{};           // its `aud`: the server's issuer
  std::string scope = "ssf.manage ssf.read";  // IOP-2.7.3-10; empty: not asked for
  std::string resource{};                     // RFC 8707; empty: not sent
  std::string trust{};                        // as in http::OutboundRequest
};

// What a token endpoint granted.
struct GrantedToken {
  std::string access_token;
  std::optional<std::chrono::seconds> expires_in;
};

// A response of a token endpoint. Errors: client_invalid, token_scope_request, token_grant and
// token_request for its refusals (RFC 6749 5.2); net_answer for what is no such response, a token
// that is no bearer token among it.
Result<GrantedToken> read_token_response(const http::Response& response);

// For the loop's thread. What it refers to must outlive it.
class TokenClient {
 public:
  struct Parts {
    http::Client& client;
    Random& random;
    const Clock& clock;
  };

  // config_invalid without a client_id, and unless there is exactly one of secret and key.
  static Result<std::unique_ptr<TokenClient>> open(TokenClientConfig config, Parts parts);

  // The token there is, or a new one. Who asks while one is being fetched joins. After a failure,
  // the same error for failure_pause. Errors: the net_ family and those of read_token_response().
  Task<Result<std::string>> token();

  // The peer called `token` invalid (BT-06): it is handed out no more.
  void discard(std::string_view token);

  static constexpr std::chrono::seconds failure_pause{5};

 private:
  using Instant = std::chrono::nanoseconds;  // Clock::monotonic()

  TokenClient(TokenClientConfig config, Parts parts) : config_(std::move(config)), parts_(parts) {}

  bool has_answer() const;
  Task<void> fetch();
  Task<Result<GrantedToken>> ask();
  Result<http::OutboundRequest> request();
  Result<std::string> make_assertion();

  const TokenClientConfig config_;
  const Parts parts_;
  Result<std::string> answer_ = Errc::internal_error;  // good until `until_`
  Instant until_{-1};
  bool fetching_ = false;
  loop::Gate fetched_;
};

}  // namespace tocsin::oauth
