// The endpoint an upstream pushes SETs to (RFC 8935): verified, kept, then acknowledged.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/router.h"
#include "issuer/newest_keys.h"
#include "store/inbox.h"
#include "tocsin/security_event_token.h"

namespace tocsin::receiver {

using http::Task;

// One transmitter whose SETs we take, and on which terms.
struct Upstream {
  std::string name;                  // the end of the endpoint's path: /push/{name}
  std::string authorization_header;  // what it must send, the whole value (SEC-30)
  SetPolicy policy;                  // issuer, audience, algorithms
};

// For the loop's thread.
class PushIntake {
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

  // config_invalid without a name, a credential, an issuer or an audience: nothing is accepted by
  // default.
  static Result<std::unique_ptr<PushIntake>> open(Upstream upstream, Parts parts,
                                                  Listener listener);

  // POST /push/{name}. The intake must outlive the server.
  http::Route route();

  // A verification event may carry `state` once from now on (SEC-31).
  void expect_state(std::string state) { states_.insert(std::move(state)); }

 private:
  PushIntake(Upstream upstream, Parts parts, Listener listener)
      : upstream_(std::move(upstream)), parts_(parts), listener_(std::move(listener)) {}

  struct Checked {
    Result<VerifiedSet> set;
    std::chrono::seconds retry_after{};  // where the keys are not to be had now
  };
  Task<Result<http::Response>> take(http::Request request);
  Task<Checked> check(std::string_view compact);
  Task<Result<http::Response>> admit(VerifiedSet set, std::string compact);

  const Upstream upstream_;
  const Parts parts_;
  const Listener listener_;
  std::set<std::string> states_;
};

}  // namespace tocsin::receiver
