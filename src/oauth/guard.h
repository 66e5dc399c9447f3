// The access policy of our routes: a bearer token in the Authorization header, checked, with a
// scope that allows the operation.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/router.h"
#include "oauth/failure_limit.h"
#include "oauth/scopes.h"
#include "oauth/token_check.h"

namespace tocsin::oauth {

// The token of `Authorization: Bearer ...`, whatever the case of the scheme (BT-01); a view into
// `authorization`. http_unauthenticated for another scheme, token_invalid for what is no b64token.
Result<std::string_view> read_bearer(std::string_view authorization);

// What a bearer token is made of (RFC 6750 2.1).
bool is_b64token(std::string_view text) noexcept;

// For the loop's thread; must outlive the server that has its routes.
class Guard {
 public:
  struct Config {
    std::string resource_metadata;  // the URL a challenge names (RFC 9728 5.1); empty: none
    ScopeOptions scopes;
    FailureLimit::Config failures{};
  };

  // `tokens` and `clock` must outlive the guard.
  Guard(Config config, TokenCheck& tokens, const Clock& clock);

  // The policy of a route that does `operation`. The handler finds who asks in `request.caller`.
  http::Access access(Operation operation);

 private:
  Task<Result<Caller>> check(const http::Request& request);
  Error refusal(Error error, const http::Request& request);

  const ScopeOptions scopes_;
  const std::string challenge_;
  TokenCheck& tokens_;
  const Clock& clock_;
  FailureLimit failures_;
};

}  // namespace tocsin::oauth
