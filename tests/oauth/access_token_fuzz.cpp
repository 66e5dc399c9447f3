// Access tokens of every shape: what is accepted was signed with the one key of this file, whatever
// the claims, and what the claims alone would allow never widens beyond the policy. The first octet
// chooses between a whole token, claims, and an introspection answer.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "oauth/access_token.h"
#include "oauth/client_credentials.h"
#include "oauth/guard.h"

namespace {

using namespace tocsin;
using namespace tocsin::oauth;

constexpr std::string_view jwks = R"({"keys":[
  {"kty":"OKP","crv":"Ed25519","x":"ovdftVE6YO4YrUxsMK_SGgvhAsPNP_pXzqEK5GBGdSg","kid":"ed","use":"sig","alg":"EdDSA"}]})";

constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'795'000'000)};

void require(bool condition) {
  if (!condition) std::abort();
}

void require_bounded(const Result<AccessToken>& token, const TokenPolicy& policy,
                     const JsonObject& claims) {
  if (!token) return;
  require(is_client_id(token->caller.key.client_id));
  require(token->caller.key.token_issuer == policy.issuer);
  require(claims.find("cnf") == nullptr && claims.find("events") == nullptr);
  if (token->exp) require(*token->exp + policy.leeway > now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const KeySet keys = KeySet::parse(jwks).value();
  static const TokenPolicy policy{.issuer = "https://as.example.com",
                                  .audiences = {"https://tr.example.com/ssf"}};
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 3 == 0) {
    // No token was ever signed with this key for this policy.
    require(!verify_access_token(text, keys, policy, now));
    static_cast<void>(peek_token(text));
    const auto bearer = read_bearer(text);
    if (bearer) require(is_b64token(*bearer));
    require(!verify_assertion(text, nullptr, {.audiences = {policy.issuer}}, now));
    return 0;
  }
  const Result<Json> json = parse_json(text);
  if (!json || json->as_object() == nullptr) return 0;
  const JsonObject& claims = *json->as_object();
  if (data[0] % 3 == 1) {
    const Result<AccessToken> token = judge_token_claims(claims, policy, now);
    require_bounded(token, policy, claims);
    if (token) require(token->exp && *token->exp <= now + policy.lifetime_max + policy.leeway);
    static_cast<void>(judge_assertion_claims(claims, "acme", {.audiences = {policy.issuer}}, now));
  } else {
    const Result<AccessToken> token = judge_introspection(claims, policy, now);
    require_bounded(token, policy, claims);
    if (token) require(*claims.find("active") == Json(true));
  }
  return 0;
}
