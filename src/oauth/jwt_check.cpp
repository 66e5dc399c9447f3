#include "oauth/jwt_check.h"

#include <optional>
#include <utility>

#include "base/try.h"
#include "issuer/newest_keys.h"

namespace tocsin::oauth {
namespace {

// Whether newer keys could help was decided; what is left is the token's fault.
Error final_error(Error error) {
  if (error.code != Errc::jose_key && error.code != Errc::jose_signature) return error;
  return {Errc::token_invalid, std::string(describe(error.code).name)};
}

}  // namespace

Result<std::unique_ptr<JwtCheck>> JwtCheck::open(TokenPolicy policy, issuer::JwksCache& keys,
                                                 const Clock& clock) {
  TOCSIN_CHECK(judge_policy(policy));
  return std::unique_ptr<JwtCheck>(new JwtCheck(std::move(policy), keys, clock));
}

Task<Result<Caller>> JwtCheck::check(std::string_view token) {
  std::optional<AccessToken> accepted;
  const issuer::VerifyAttempt attempt{
      .verify = [&](const KeySet& keys) -> Result<void> {
        TOCSIN_TRY(accepted, verify_access_token(token, keys, policy_, clock_.wall_seconds()));
        return {};
      },
      .kid = [&]() -> std::optional<std::string> {
        const std::optional<TokenHints> hints = peek_token(token);
        return hints ? hints->kid : std::nullopt;
      }};
  issuer::VerifyOutcome outcome = co_await issuer::verify_with_newest(keys_, clock_, attempt);
  if (!outcome.verdict) co_return final_error(std::move(outcome.verdict).error());
  co_return std::move(accepted->caller);
}

Result<std::unique_ptr<OwnTokenCheck>> OwnTokenCheck::open(TokenPolicy policy, KeySet keys,
                                                           Clients& clients, const Clock& clock) {
  TOCSIN_CHECK(judge_policy(policy));
  return std::unique_ptr<OwnTokenCheck>(
      new OwnTokenCheck(std::move(policy), std::move(keys), clients, clock));
}

Task<Result<Caller>> OwnTokenCheck::check(std::string_view token) {
  Result<AccessToken> accepted = verify_access_token(token, keys_, policy_, clock_.wall_seconds());
  if (!accepted) co_return final_error(std::move(accepted).error());
  Caller caller = std::move(accepted->caller);
  const auto client = co_await clients_.find(caller.key.client_id);
  if (!client) co_return client.error();
  if (!*client) co_return Error(Errc::token_invalid, "the client is gone");
  std::erase_if(caller.scopes,
                [&](const std::string& scope) { return !(*client)->may_have(scope); });
  co_return caller;
}

}  // namespace tocsin::oauth
