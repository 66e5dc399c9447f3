// What one push attempt means for its SET (REL-08, REL-09). Pure: the runner asks, this judges, the
// ledger records.
#pragma once

#include <chrono>
#include <cstdint>
#include <variant>

#include "base/random.h"
#include "delivery/push_answer.h"
#include "delivery/retry_delay.h"

namespace tocsin::delivery {

inline constexpr unsigned refusals_max = 3;  // after so many, a SET is its own fault for good

// Whose fault a failed attempt is. It decides what is held up: nothing but the SET, or everything
// on the stream.
enum class Blame : std::uint8_t {
  event,   // this SET: the next one may do better
  stream,  // key, issuer, audience, credential, URL: the same in every SET of the stream
  outage,  // nobody's: the receiver or the network is not there now
  us,      // nothing was sent because we could not sign, or were overloaded (SEC-34)
};

struct Delivered {
  bool unusual = false;  // a success other than 202: counted, for the operator to see
};
struct Rejected {};  // the SET's own fault: final, and the next SET goes on
struct RetryAfter {  // nobody gives up: it stays first in line for its subject
  std::chrono::milliseconds delay;
  Blame blame;
};
using PushOutcome = std::variant<Delivered, Rejected, RetryAfter>;

// What came before on this SET.
struct AttemptHistory {
  unsigned failures = 0;  // attempts that did not deliver it
  unsigned refusals = 0;  // those of them that blamed it
};

PushOutcome judge_push(const PushAnswer& answer, const AttemptHistory& history, Random& random,
                       const RetrySpans& spans = {});

// The history after `outcome`.
AttemptHistory add_attempt(AttemptHistory history, const PushOutcome& outcome);

}  // namespace tocsin::delivery
