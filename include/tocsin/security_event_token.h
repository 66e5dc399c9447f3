// Security Event Tokens (RFC 8417) as SSF 1.0 section 4 profiles them: mint one, verify one.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/event.h"
#include "tocsin/finding.h"
#include "tocsin/json.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"
#include "tocsin/subject.h"

namespace tocsin {

// The claims of a Security Event Token. SSF 1.0 forbids `sub` (4.1.2) and `exp` (4.1.7), so
// there is no member to put them in.
struct SecurityEventToken {
  std::string iss;
  std::vector<std::string> aud;
  std::string jti;
  std::chrono::sys_seconds iat{};
  std::optional<std::string> txn{};
  std::optional<NumericDate> toe{};  // RFC 8417 2.2: when the event happened
  Subject sub_id;
  Event event;
  std::vector<Event> more_events{};  // only where SetPolicy::events_max allows them; never sent
  JsonObject other_claims{};         // what we do not know, kept as it came (SSF 4.2.3)
};

// The claims as they are signed: members in fixed order, `aud` a string when there is one value.
Json to_json(const SecurityEventToken& claims);

// Signs `claims` and returns the compact form. `alg` and `kid` come from the key and `typ` is
// always secevent+jwt: a caller cannot choose them, so rotating a key changes no calling code.
// Claims a receiver would refuse are refused here, with the finding (set.md VO-04).
Result<std::string> mint(const SecurityEventToken& claims, const SigningKey& key);

// What one stream demands of the SETs it takes. Values come from configuration, never from a token.
struct SetPolicy {
  std::string iss;               // compared octet for octet (SSF 4.1.6)
  std::vector<std::string> aud;  // one of these must be in the SET (SSF 4.1.8); none accepts none
  AlgorithmSet algorithms{Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA};
  Strictness strictness = Strictness::strict;
  std::chrono::seconds iat_ahead_max{300};  // clock skew allowed to `iat` and `nbf`
  std::size_t events_max = 1;               // event types in one SET
  std::optional<std::string> stream_id{};   // what verification events must name (SSF 8.1.4.1)
  std::vector<std::string> critical_unprocessable{};  // critical members we lack (SSF 3.6)
  DecryptionKeySet decryption{};                      // empty: encrypted SETs are refused (SEC-26)
};

// A SET whose signature and claims were checked. Only verify() makes one, so a function that
// takes a VerifiedSet cannot be handed bytes straight off the wire.
class VerifiedSet {
 public:
  const SecurityEventToken& claims() const noexcept { return claims_; }
  const SecurityEventToken* operator->() const noexcept { return &claims_; }

  // Deviations that were tolerated; usually empty.
  const Findings& warnings() const noexcept { return warnings_; }

 private:
  friend Result<VerifiedSet> verify(std::string_view compact, const KeySet& keys,
                                    const SetPolicy& policy, std::chrono::sys_seconds now);
  VerifiedSet() = default;
  SecurityEventToken claims_;
  Findings warnings_;
};

// Checks a compact SET in the order of set.md section 8; the first failure is the error. `keys`
// are those of policy.iss. Pure: reads no clock, keeps no state, so replay (jti) and verification
// `state` are the caller's to judge. Thread-safe.
Result<VerifiedSet> verify(std::string_view compact, const KeySet& keys, const SetPolicy& policy,
                           std::chrono::sys_seconds now);

// SSF 8.1.4.1: a verification event that carries a `state` must carry one that was asked for and
// has not come yet; without `state` it is one the receiver did not ask for. event_state otherwise.
// Every other event passes. Compares in constant time.
Result<void> judge_verification_state(const Event& event, std::span<const std::string> outstanding);

// Batches on all cores (`threads` 0), answers in the order of the input.
std::vector<Result<VerifiedSet>> verify_all(std::span<const std::string> compact,
                                            const KeySet& keys, const SetPolicy& policy,
                                            std::chrono::sys_seconds now, unsigned threads = 0);
std::vector<Result<std::string>> mint_all(std::span<const SecurityEventToken> claims,
                                          const SigningKey& key, unsigned threads = 0);

// Everything that is wrong with claims or with a compact SET, for people: goes on after the first
// defect where it can. The signature is checked only if `keys` is given, issuer and audience only
// if the policy names them.
struct LintContext {
  SetPolicy policy;  // empty iss or aud: not compared
  std::optional<KeySet> keys{};
  std::optional<std::chrono::sys_seconds> now{};  // absent: times are not compared with a clock
  Direction direction = Direction::received;
  std::vector<std::string> seen{};  // jti of SETs of this issuer that were accepted before
};
Findings lint_claims(std::string_view claims_json, const LintContext& context);
Findings lint_header(std::string_view header_json, const LintContext& context);
Findings lint_set(std::string_view compact, const LintContext& context);

}  // namespace tocsin
