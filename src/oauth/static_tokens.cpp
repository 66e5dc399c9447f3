#include "oauth/static_tokens.h"

#include <algorithm>

#include "base/try.h"
#include "oauth/access_token.h"
#include "oauth/guard.h"
#include "oauth/scopes.h"

namespace tocsin::oauth {

Result<Sha256> hash_static_token(std::string_view token) {
  if (token.size() < static_token_min || !is_b64token(token)) {
    return Error(Errc::config_invalid, "a bearer token is short or has other characters");
  }
  return sha256(token);
}

Result<StaticTokens> StaticTokens::open(std::vector<StaticToken> tokens) {
  for (auto token = tokens.begin(); token != tokens.end(); ++token) {
    if (!is_client_id(token->client_id)) return Error(Errc::config_invalid, "client_id");
    for (const std::string& word : token->scopes) {
      const Result<std::vector<std::string>> parsed = parse_scope(word);
      if (!parsed || *parsed != std::vector{word}) return Error(Errc::config_invalid, "scope");
    }
    if (std::any_of(tokens.begin(), token,
                    [&](const StaticToken& other) { return other.hash == token->hash; })) {
      return Error(Errc::config_invalid, token->client_id + ": a token comes twice");
    }
  }
  return StaticTokens(std::move(tokens));
}

// Every token is compared, whichever fits.
Task<Result<Caller>> StaticTokens::check(std::string_view token) {
  const Sha256 hash = sha256(token);
  const StaticToken* found = nullptr;
  for (const StaticToken& known : tokens_) {
    if (equal_in_constant_time(as_text(known.hash), as_text(hash))) found = &known;
  }
  if (found == nullptr) co_return Errc::token_invalid;
  co_return Caller{.key = {std::string(static_issuer), found->client_id}, .scopes = found->scopes};
}

}  // namespace tocsin::oauth
