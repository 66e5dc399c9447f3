// Bearer tokens that stand in the configuration, for small set-ups: each has a client and scopes,
// and lives until it is taken out.
#pragma once

#include <string>
#include <vector>

#include "jose/digest.h"
#include "oauth/token_check.h"

namespace tocsin::oauth {

inline constexpr std::string_view static_issuer = "static";  // TenantKey::token_issuer
inline constexpr std::size_t static_token_min = 32;          // octets: what nobody guesses (SEC-08)

struct StaticToken {
  Sha256 hash{};
  std::string client_id;
  std::vector<std::string> scopes;
};

// The hash to configure; config_invalid for a token that is short or no b64token.
Result<Sha256> hash_static_token(std::string_view token);

class StaticTokens final : public TokenCheck {
 public:
  // config_invalid for a client_id or a scope that is none, and for a token that comes twice.
  static Result<StaticTokens> open(std::vector<StaticToken> tokens);

  Task<Result<Caller>> check(std::string_view token) override;

 private:
  explicit StaticTokens(std::vector<StaticToken> tokens) : tokens_(std::move(tokens)) {}
  std::vector<StaticToken> tokens_;
};

}  // namespace tocsin::oauth
