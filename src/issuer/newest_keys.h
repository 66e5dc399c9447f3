// Verifies one token with the keys of its issuer, fetching newer ones as often as jwks_policy.h
// allows and no oftener: no old answer condemns a token, and no stranger makes us ask at will.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "issuer/jwks_cache.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::issuer {

struct VerifyAttempt {
  // Verifies with these keys. Called once for each set of keys that is worth a try.
  std::function<Result<void>(const KeySet&)> verify;
  // The kid of a token nobody verified: good for asking whether we know it, and for nothing else.
  std::function<std::optional<std::string>()> kid;
};

struct VerifyOutcome {
  Result<void> verdict;                // jose_key_unavailable: nobody can tell now
  std::chrono::seconds retry_after{};  // then
};

// `attempt` and what it refers to outlive the task, as do cache and clock.
Task<VerifyOutcome> verify_with_newest(JwksCache& cache, const Clock& clock,
                                       const VerifyAttempt& attempt);

}  // namespace tocsin::issuer
