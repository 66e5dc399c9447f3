// Access tokens that are JWTs: of an authorization server whose keys are fetched, or of our own.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "issuer/jwks_cache.h"
#include "oauth/access_token.h"
#include "oauth/clients.h"
#include "oauth/token_check.h"

namespace tocsin::oauth {

// For the loop's thread. What it refers to must outlive it.
class JwtCheck final : public TokenCheck {
 public:
  // config_invalid if the policy is one of judge_policy()'s.
  static Result<std::unique_ptr<JwtCheck>> open(TokenPolicy policy, issuer::JwksCache& keys,
                                                const Clock& clock);

  // While the issuer's keys cannot be had: jose_key_unavailable.
  Task<Result<Caller>> check(std::string_view token) override;

  const std::string& issuer() const noexcept { return policy_.issuer; }

 private:
  JwtCheck(TokenPolicy policy, issuer::JwksCache& keys, const Clock& clock)
      : policy_(std::move(policy)), keys_(keys), clock_(clock) {}

  const TokenPolicy policy_;
  issuer::JwksCache& keys_;
  const Clock& clock_;
};

// Tokens of the embedded token endpoint. A client that was removed, or lost a scope, has lost it
// for the tokens it holds, too (SEC-68).
class OwnTokenCheck final : public TokenCheck {
 public:
  static Result<std::unique_ptr<OwnTokenCheck>> open(TokenPolicy policy, KeySet keys,
                                                     Clients& clients, const Clock& clock);

  Task<Result<Caller>> check(std::string_view token) override;

  const std::string& issuer() const noexcept { return policy_.issuer; }

  // Takes other keys from now on.
  void replace_keys(KeySet keys) { keys_ = std::move(keys); }

 private:
  OwnTokenCheck(TokenPolicy policy, KeySet keys, Clients& clients, const Clock& clock)
      : policy_(std::move(policy)), keys_(std::move(keys)), clients_(clients), clock_(clock) {}

  const TokenPolicy policy_;
  KeySet keys_;
  Clients& clients_;
  const Clock& clock_;
};

}  // namespace tocsin::oauth
