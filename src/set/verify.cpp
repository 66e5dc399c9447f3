// The one verifier (SEC-20). Order of set.md section 8: JOSE, signature, then the claims.
#include "base/assert.h"
#include "base/try.h"
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

Result<void> verify_jws(std::string_view compact, const KeySet& keys, const SetPolicy& policy,
                        std::chrono::sys_seconds now, SecurityEventToken& claims,
                        Findings& findings) {
  TOCSIN_TRY(const jose::Jws jws, jose::read_jws(compact, {.algorithms = policy.algorithms}));
  if (Result<void> signature = jose::verify_signature(jws, keys); !signature) {
    if (names_another_issuer(jws.payload, policy.iss)) return Errc::claim_issuer;
    return signature;
  }
  TOCSIN_TRY(Json json, parse_json(jws.payload, claims_limits));
  const ClaimsContext context{.policy = policy, .now = now};
  const bool whole = read_claims(std::move(json), context, claims, findings);
  const Finding* refusal = first_refusal(findings, policy.strictness, Direction::received);
  if (refusal != nullptr) return to_error(*refusal);
  TOCSIN_ASSERT(whole);
  return {};
}

Result<void> verify_compact(std::string_view compact, const KeySet& keys, const SetPolicy& policy,
                            std::chrono::sys_seconds now, SecurityEventToken& claims,
                            Findings& findings) {
  TOCSIN_CHECK(judge_policy(policy));
  if (policy.decryption.empty() || !jose::is_jwe_shaped(compact)) {
    return verify_jws(compact, keys, policy, now, claims, findings);
  }
  // Encrypted: exactly one layer, and what is inside must be signed (set.md JE-01, JE-04).
  TOCSIN_TRY(const std::string plaintext, policy.decryption.decrypt(compact));
  return verify_jws(plaintext, keys, policy, now, claims, findings);
}

}  // namespace

Result<VerifiedSet> verify(std::string_view compact, const KeySet& keys, const SetPolicy& policy,
                           std::chrono::sys_seconds now) {
  // One variable, filled in place and returned from one place: a token is too large to be moved.
  Result<VerifiedSet> set{VerifiedSet()};
  if (Result<void> verified =
          verify_compact(compact, keys, policy, now, set->claims_, set->warnings_);
      !verified) {
    set = std::move(verified).error();
  }
  return set;
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
