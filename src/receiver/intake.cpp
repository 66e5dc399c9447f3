#include "receiver/intake.h"

#include <utility>
#include <variant>

#include "issuer/newest_keys.h"
#include "jose/jws.h"

namespace tocsin::receiver {
namespace {

// The kid of a token nobody verified: good for asking whether we know it, and for nothing else.
std::optional<std::string> peek_kid(std::string_view compact, const SetPolicy& policy) {
  std::string inner;
  if (jose::is_jwe_shaped(compact)) {
    Result<std::string> plain = policy.decryption.decrypt(compact);
    if (!plain) return std::nullopt;
    inner = std::move(*plain);
    compact = inner;
  }
  const Result<jose::Jws> jws = jose::read_jws(compact, {.algorithms = policy.algorithms});
  if (!jws || !jws->kid) return std::nullopt;
  return std::string(*jws->kid);
}

const std::string* state_of(const VerifiedSet& set) {
  const auto* verification = std::get_if<ssf::Verification>(&set->event);
  return verification != nullptr && verification->state ? &*verification->state : nullptr;
}

}  // namespace

Task<Intake::Verdict> Intake::take(std::string compact, std::string jti) {
  if (!policy_) {
    co_return Verdict{Error(Errc::overloaded, "the stream is not known yet"), unready_pause};
  }
  const SetPolicy policy = *policy_;  // one may replace it while we wait
  Checked checked = co_await check(compact, policy);
  if (!checked.set) {
    if (checked.set.error().code == Errc::subject_critical) co_return Verdict{Result<void>()};
    co_return Verdict{std::move(checked.set).error(), checked.retry_after};
  }
  if (!jti.empty() && (*checked.set)->jti != jti) {
    co_return Verdict{Error(Errc::claim_value, "jti: the answer calls it otherwise")};
  }
  co_return Verdict{co_await admit(std::move(*checked.set), std::move(compact))};
}

// The text is the caller's, who waits.
Task<Intake::Checked> Intake::check(std::string_view compact, const SetPolicy& policy) {
  std::optional<VerifiedSet> set;
  const issuer::VerifyAttempt attempt{.verify = [&](const KeySet& keys) -> Result<void> {
                                        Result<VerifiedSet> verified = verify(
                                            compact, keys, policy, parts_.clock.wall_seconds());
                                        if (!verified) return std::move(verified).error();
                                        set = std::move(*verified);
                                        return {};
                                      },
                                      .kid = [&] { return peek_kid(compact, policy); }};
  issuer::VerifyOutcome outcome =
      co_await issuer::verify_with_newest(parts_.keys, parts_.clock, attempt);
  if (!outcome.verdict) co_return Checked{outcome.verdict.error(), outcome.retry_after};
  co_return Checked{std::move(*set)};
}

// A repeated SET gets the first answer again (VO-01): when its state is used up, the first copy is
// in the inbox.
Task<Result<void>> Intake::admit(VerifiedSet set, std::string compact) {
  const std::string* state = state_of(set);
  if (state != nullptr && !states_.contains(*state)) {
    std::string iss = set->iss;
    std::string jti = set->jti;
    const Result<bool> seen = co_await parts_.inbox.has(std::move(iss), std::move(jti));
    if (!seen) co_return seen.error();
    if (!*seen) co_return Errc::event_state;
    co_return Result<void>();
  }
  store::InboxEntry entry;
  entry.upstream = name_;
  entry.iss = set->iss;
  entry.jti = set->jti;
  entry.compact = std::move(compact);
  entry.received_at = parts_.clock.wall();
  const auto received_at = entry.received_at;
  const Result<store::Admission> admission = co_await parts_.inbox.admit(std::move(entry));
  if (!admission) co_return admission.error();
  if (*admission == store::Admission::accepted) {
    if (state != nullptr) states_.erase(*state);
    if (listener_) listener_(set, received_at);
  }
  co_return Result<void>();
}

}  // namespace tocsin::receiver
