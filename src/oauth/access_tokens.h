// All the ways a token may be checked here, and which one is asked.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "oauth/token_check.h"

namespace tocsin::oauth {

// A token of the configuration is known by its hash. A JWT that names a configured issuer is judged
// by that issuer's check alone. Everything else is for the introspection endpoint. Nobody asked:
// the token is no good.
class AccessTokens final : public TokenCheck {
 public:
  AccessTokens() = default;

  void add_static(std::unique_ptr<TokenCheck> check) { static_ = std::move(check); }
  void add_introspection(std::unique_ptr<TokenCheck> check) { introspection_ = std::move(check); }

  // config_invalid if the issuer has one already.
  Result<void> add_issuer(std::string issuer, std::unique_ptr<TokenCheck> check);

  Task<Result<Caller>> check(std::string_view token) override;

 private:
  TokenCheck* check_for(std::string_view token) const;

  std::unique_ptr<TokenCheck> static_;
  std::map<std::string, std::unique_ptr<TokenCheck>, std::less<>> by_issuer_;
  std::unique_ptr<TokenCheck> introspection_;
};

}  // namespace tocsin::oauth
