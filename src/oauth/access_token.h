// Judges access tokens that are JWTs, and what an authorization server says about opaque ones.
// Pure: keys, policy and time come in (SEC-02, SEC-06, IOP-2.7.2-03).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/caller.h"
#include "tocsin/json.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::oauth {

// A claim by which an authorization server that does not follow RFC 9068 tells its access tokens
// from everything else it signs: "typ" with the value "Bearer", for one.
struct ClassClaim {
  std::string name;
  std::string value;
};

// What we demand of the tokens of one issuer. All of it is configuration.
struct TokenPolicy {
  std::string issuer;                    // `iss`, octet by octet
  std::vector<std::string> audiences{};  // our resource identifiers; a token names one of them
  AlgorithmSet algorithms{Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA};
  std::optional<ClassClaim> class_claim{};  // none: `typ` is at+jwt (RFC 9068 2.1)
  std::chrono::seconds leeway{60};          // for exp, nbf and iat
  std::chrono::seconds lifetime_max{3600};  // exp - nbf, or exp - iat (IOP-2.7.1-03)
};

inline constexpr std::chrono::seconds leeway_max{60};
inline constexpr std::size_t client_id_max = 256;  // octets

// config_invalid for a policy that would let a token of somebody else, or for somebody else, pass.
Result<void> judge_policy(const TokenPolicy& policy);

// A token that was checked.
struct AccessToken {
  Caller caller;
  std::optional<std::chrono::sys_seconds> exp;  // absent only where introspection gave none
};

// Header, signature and claims of a JWT access token. Errors: token_invalid for everything that is
// the token's fault, except jose_key and jose_signature, which newer keys could change;
// internal_error.
Result<AccessToken> verify_access_token(std::string_view compact, const KeySet& keys,
                                        const TokenPolicy& policy, std::chrono::sys_seconds now);

// The claims alone. Error: token_invalid; its detail names the claim and quotes nothing.
Result<AccessToken> judge_token_claims(const JsonObject& claims, const TokenPolicy& policy,
                                       std::chrono::sys_seconds now);

// The answer of an introspection endpoint (RFC 7662 2.2). `iss`, `exp` and the other times are
// checked where they are present; `aud` and `client_id` must be. token_invalid; net_answer for what
// is no such answer at all.
Result<AccessToken> judge_introspection(const JsonObject& answer, const TokenPolicy& policy,
                                        std::chrono::sys_seconds now);

// What an unverified token says about itself: good for choosing among configured issuers, and for
// nothing else.
struct TokenHints {
  std::optional<std::string> iss;
  std::optional<std::string> kid;
};

// Nothing for what is no JWT.
std::optional<TokenHints> peek_token(std::string_view compact);

// client_id of RFC 6749 Appendix A.1, not empty and of limited size.
bool is_client_id(std::string_view text) noexcept;

}  // namespace tocsin::oauth
