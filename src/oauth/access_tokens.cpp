#include "oauth/access_tokens.h"

#include <utility>

#include "oauth/access_token.h"

namespace tocsin::oauth {

Result<void> AccessTokens::add_issuer(std::string issuer, std::unique_ptr<TokenCheck> check) {
  const auto [at, added] = by_issuer_.try_emplace(std::move(issuer), std::move(check));
  if (!added) return Error(Errc::config_invalid, "issuer " + at->first + " comes twice");
  return {};
}

Task<Result<Caller>> AccessTokens::check(std::string_view token) {
  if (static_) {
    Result<Caller> caller = co_await static_->check(token);
    if (caller || caller.error().code != Errc::token_invalid) co_return caller;
  }
  TokenCheck* const next = check_for(token);
  if (next == nullptr) co_return Error(Errc::token_invalid, "of no issuer we know");
  co_return co_await next->check(token);
}

// The unverified issuer chooses among those of the configuration, and its check compares it again.
TokenCheck* AccessTokens::check_for(std::string_view token) const {
  if (!by_issuer_.empty()) {
    const std::optional<TokenHints> hints = peek_token(token);
    if (hints && hints->iss) {
      if (const auto found = by_issuer_.find(*hints->iss); found != by_issuer_.end()) {
        return found->second.get();
      }
    }
  }
  return introspection_.get();
}

}  // namespace tocsin::oauth
