// Carries one SET to a receiver's push endpoint (RFC 8935): asks, lets delivery/ judge, waits, asks
// again.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/url.h"
#include "delivery/push_outcome.h"
#include "http/client.h"
#include "loop/timers.h"

namespace tocsin::transmitter {

using http::Task;

struct PushTarget {
  Url endpoint_url;
  std::optional<std::string> authorization_header{};  // the whole value; without, none is sent
};

// How the last attempt for a SET ended, and what came before it.
struct PushReport {
  delivery::PushOutcome outcome;
  delivery::PushAnswer answer;
  delivery::AttemptHistory history;
};

// For the loop's thread.
class PushRunner {
 public:
  // All of it must outlive the runner.
  struct Parts {
    http::Client& client;
    loop::Timers& timers;
    const Clock& clock;
    Random& random;
    delivery::RetrySpans retry{};
  };
  explicit PushRunner(Parts parts) : parts_(parts) {}

  // One attempt. Every decision is judge_push's; this only carries values between the ports.
  Task<PushReport> attempt(PushTarget target, std::string compact,
                           delivery::AttemptHistory history);

  // Attempts with pauses between them until the SET is delivered or rejected.
  Task<PushReport> deliver(PushTarget target, std::string compact);

 private:
  Parts parts_;
};

}  // namespace tocsin::transmitter
