// The SETs of one stream, however they come: verified, then kept, then answered for. Push and poll
// feed the same intake, so there is one judgement and one memory of what was seen.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/task.h"
#include "issuer/jwks_cache.h"
#include "store/inbox.h"
#include "tocsin/security_event_token.h"

namespace tocsin::receiver {

using http::Task;

// For the loop's thread.
class Intake {
 public:
  // Called once per SET, after it is in the inbox; the acknowledgement waits for nothing it starts
  // (PUSH-2-09).
  using Listener = std::function<void(
      const VerifiedSet& set, std::chrono::sys_time<std::chrono::milliseconds> received_at)>;

  // What an intake works with; all of it must outlive the intake.
  struct Parts {
    issuer::JwksCache& keys;
    store::Inbox& inbox;
    const Clock& clock;
  };

  // `name` is what its SETs are filed under. Without a policy nothing is judged yet.
  Intake(std::string name, std::optional<SetPolicy> policy, Parts parts, Listener listener = {})
      : name_(std::move(name)),
        policy_(std::move(policy)),
        parts_(parts),
        listener_(std::move(listener)) {}

  // What the next SETs are judged by: issuer, audience, algorithms, stream.
  void replace_policy(SetPolicy policy) { policy_ = std::move(policy); }

  // A verification event may carry `state` once from now on (SEC-31).
  void expect_state(std::string state) { states_.insert(std::move(state)); }
  void forget_state(const std::string& state) { states_.erase(state); }

  struct Verdict {
    // Success: acknowledge it; it is in the inbox, or was before, or need not be acted upon (a
    // critical member we lack is no defect of the SET, SSF 3.6). An error of kind unavailable:
    // nobody can tell now, it must be sent again. Any other error is the SET's.
    Result<void> result;
    std::chrono::seconds retry_after{};  // where nobody can tell now; 0: no idea
  };
  // `jti`: what the SET was called on the way; its own must be the same (POLL-2.3-05). Empty: it
  // had no name.
  Task<Verdict> take(std::string compact, std::string jti = {});

  static constexpr std::chrono::seconds unready_pause{5};  // until there may be a policy

 private:
  struct Checked {
    Result<VerifiedSet> set;
    std::chrono::seconds retry_after{};
  };
  Task<Checked> check(std::string_view compact, const SetPolicy& policy);
  Task<Result<void>> admit(VerifiedSet set, std::string compact);

  const std::string name_;
  std::optional<SetPolicy> policy_;
  const Parts parts_;
  const Listener listener_;
  std::set<std::string> states_;
};

}  // namespace tocsin::receiver
