#include "oauth/guard.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace tocsin::oauth {
namespace {

bool may_stand_in_token(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
}

std::string challenge_with(const std::string& resource_metadata) {
  if (resource_metadata.empty()) return "Bearer";
  return "Bearer resource_metadata=\"" + resource_metadata + "\"";
}

}  // namespace

bool is_b64token(std::string_view text) noexcept {
  while (text.ends_with('=')) text.remove_suffix(1);
  return !text.empty() && std::ranges::all_of(text, may_stand_in_token);
}

Result<std::string_view> read_bearer(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer";
  if (!starts_with_ignoring_case(authorization, scheme)) return Errc::http_unauthenticated;
  std::string_view token = authorization.substr(scheme.size());
  if (!token.empty() && !token.starts_with(' ')) return Errc::http_unauthenticated;
  while (token.starts_with(' ')) token.remove_prefix(1);
  if (!is_b64token(token)) return Error(Errc::token_invalid, "no b64token");
  return token;
}

Guard::Guard(Config config, TokenCheck& tokens, const Clock& clock)
    : scopes_(config.scopes),
      challenge_(challenge_with(config.resource_metadata)),
      tokens_(tokens),
      clock_(clock),
      failures_(config.failures) {}

http::Access Guard::access(Operation operation) {
  return http::Access::guarded(
      "access token", challenge_, [this](const http::Request& request) { return check(request); },
      accepted_scopes(operation, scopes_));
}

Task<Result<Caller>> Guard::check(const http::Request& request) {
  const std::string* const authorization = request.headers.find("Authorization");
  if (authorization == nullptr) co_return Errc::http_unauthenticated;
  Result<std::string_view> token = read_bearer(*authorization);
  if (!token) co_return refusal(std::move(token).error(), request);
  Result<Caller> caller = co_await tokens_.check(*token);
  if (!caller) co_return refusal(std::move(caller).error(), request);
  co_return std::move(*caller);
}

Error Guard::refusal(Error error, const http::Request& request) {
  if (error.code != Errc::token_invalid) return error;
  if (!failures_.is_exceeded(counted_peer(request.peer), clock_.monotonic())) return error;
  return {Errc::http_too_many, "failed authentications"};
}

}  // namespace tocsin::oauth
