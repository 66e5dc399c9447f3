#include "issuer/newest_keys.h"

#include <utility>

namespace tocsin::issuer {
namespace {

constexpr int key_fetches_max = 3;  // for one token

// Whether newer keys could change this failure.
KeyVerdict judge_failure(const JwksCache& cache, const VerifyAttempt& attempt, Errc failure,
                         Instant arrived, Instant now) {
  if (failure == Errc::jose_signature) return judge_bad_signature(cache.times(), arrived, now);
  if (failure != Errc::jose_key) return {KeyStep::use};
  const std::optional<std::string> kid = attempt.kid();
  if (!kid || cache.keys().has_kid(*kid)) return {KeyStep::use};
  return judge_unknown_kid(cache.times(), arrived, now);
}

}  // namespace

Task<VerifyOutcome> verify_with_newest(JwksCache& cache, const Clock& clock,
                                       const VerifyAttempt& attempt) {
  const Instant arrived = clock.monotonic();
  JwksCache::Cause cause = JwksCache::Cause::age;
  for (int fetches = 0; fetches <= key_fetches_max; ++fetches) {
    if (fetches > 0) co_await cache.fetch(cause);
    KeyVerdict verdict = judge_keys(cache.times(), arrived, clock.monotonic());
    cause = JwksCache::Cause::age;
    if (verdict.step == KeyStep::use) {
      Result<void> verified = attempt.verify(cache.keys());
      if (verified) co_return VerifyOutcome{std::move(verified)};
      verdict = judge_failure(cache, attempt, verified.error().code, arrived, clock.monotonic());
      cause = JwksCache::Cause::doubt;
      if (verdict.step == KeyStep::use) co_return VerifyOutcome{std::move(verified)};
    }
    if (verdict.step == KeyStep::wait) {
      co_return VerifyOutcome{Errc::jose_key_unavailable, verdict.retry_after};
    }
  }
  co_return VerifyOutcome{Errc::jose_key_unavailable, jwks_failure_pause};
}

}  // namespace tocsin::issuer
