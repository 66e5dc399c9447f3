// The one verifier (SEC-20). Order of set.md section 8: JOSE, signature, then the claims.
#include "jose/digest.h"
#include "jose/jws.h"
#include "set/claims.h"

namespace tocsin {
namespace {

// An unverified payload is looked into for one purpose: to tell a peer whose SET does not verify
// that it came to the wrong place (set.md VO-03). It selects nothing.
bool names_another_issuer(std::string_view payload, std::string_view iss) {
  constexpr JsonLimits limits{.text_max = 16 * 1024, .members_max = 100, .string_max = 4 * 1024};
  const Result<Json> json = parse_json(payload, limits);
  const JsonObject* claims = json ? json->as_object() : nullptr;
  const Json* claim = claims ? claims->find("iss") : nullptr;
  const std::string* text = claim ? claim->as_string() : nullptr;
  return text != nullptr && *text != iss;
}

// A policy that names no issuer or no audience accepts nothing: a missing setting is no default.
Result<void> judge_policy(const SetPolicy& policy) {
  if (policy.iss.empty()) return Error(Errc::claim_issuer, "the policy names no issuer");
  if (policy.aud.empty()) return Error(Errc::claim_audience, "the policy names no audience");
  return {};
}

Result<VerifiedSet> verify_jws(std::string_view compact, const KeySet& keys,
                               const SetPolicy& policy, std::chrono::sys_seconds now, auto&& make) {
  Result<jose::Jws> jws = jose::read_jws(compact, {.algorithms = policy.algorithms});
  if (!jws) return std::move(jws).error();
  if (Result<void> signature = jose::verify_signature(*jws, keys); !signature) {
    if (names_another_issuer(jws->payload, policy.iss)) return Errc::claim_issuer;
    return std::move(signature).error();
  }
  Result<Json> json = parse_json(jws->payload, claims_limits);
  if (!json) return std::move(json).error();

  Findings findings;
  const ClaimsContext context{.policy = policy, .now = now};
  std::optional<SecurityEventToken> claims =
      read_claims(std::move(json).value(), context, findings);
  const Finding* refusal = first_refusal(findings, policy.strictness, Direction::received);
  if (refusal != nullptr) return to_error(*refusal);
  if (!claims) return Error(Errc::internal_error, "claims without a finding and without a value");
  return make(*std::move(claims), std::move(findings));
}

}  // namespace

Result<VerifiedSet> verify(std::string_view compact, const KeySet& keys, const SetPolicy& policy,
                           std::chrono::sys_seconds now) {
  if (auto judged = judge_policy(policy); !judged) return std::move(judged).error();
  const auto make = [](SecurityEventToken claims, Findings warnings) {
    return VerifiedSet(std::move(claims), std::move(warnings));
  };
  // Encrypted: exactly one layer, and what is inside must be signed (set.md JE-01, JE-04).
  if (!policy.decryption.empty() && jose::is_jwe_shaped(compact)) {
    Result<std::string> plaintext = policy.decryption.decrypt(compact);
    if (!plaintext) return std::move(plaintext).error();
    return verify_jws(*plaintext, keys, policy, now, make);
  }
  return verify_jws(compact, keys, policy, now, make);
}

Result<void> judge_verification_state(const Event& event,
                                      std::span<const std::string> outstanding) {
  const auto* verification = std::get_if<ssf::Verification>(&event);
  if (verification == nullptr || !verification->state) return {};
  bool asked_for = false;
  for (const std::string& state : outstanding) {
    asked_for |= equal_in_constant_time(state, *verification->state);
  }
  if (!asked_for) return Errc::event_state;
  return {};
}

}  // namespace tocsin
