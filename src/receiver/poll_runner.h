// Polls one stream (RFC 8936): long polls, one after the other; every SET is acknowledged by the
// next one once it is kept, refused by it where it is wrong, and passed over in silence where
// nobody can tell now, so that it comes again.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "loop/timers.h"
#include "receiver/intake.h"
#include "receiver/transmitter_api.h"

namespace tocsin::receiver {

// For the loop's thread.
class PollRunner {
 public:
  using Poll = std::function<Task<Reply<PollAnswer>>(TransmitterApi::Poll)>;

  // What it refers to outlives it.
  struct Parts {
    Poll poll;
    Intake& intake;
    loop::Timers& timers;
    const Clock& clock;
    Random& random;
    // A poll failed; for the log. May be empty.
    std::function<void(const Error&)> on_failure{};
    // A SET was refused: its jti as the answer had it, and why. May be empty.
    std::function<void(const std::string& jti, const Error&)> on_refusal{};
  };
  struct Config {
    std::size_t events_max = 500;   // SETs in an answer, 1 to 1000
    std::chrono::seconds wait{60};  // how long the transmitter may hold an answer back
  };
  struct Counts {
    std::uint64_t polls = 0;     // answered
    std::uint64_t failures = 0;  // and not
    std::uint64_t acknowledged = 0;
    std::uint64_t refused = 0;
    std::uint64_t undecided = 0;
  };

  PollRunner(Parts parts, Config config) : parts_(std::move(parts)), config_(config) {}

  // Until stop(). `endpoint` is that of the stream's configuration; another one may come meanwhile.
  Task<void> run(Url endpoint);
  void move_to(Url endpoint) { endpoint_ = std::move(endpoint); }

  // No further poll. One that waits goes on waiting: what it brings is not acknowledged and comes
  // again.
  void stop() { is_stopping_ = true; }

  const Counts& counts() const noexcept { return counts_; }

  // Between two polls after one that came back at once and empty: not everybody holds them.
  static constexpr std::chrono::seconds idle_pause{2};
  static constexpr std::chrono::seconds undecided_pause{1};

 private:
  Task<Reply<PollAnswer>> ask(bool only_acknowledge);
  // True: all of them were answered for.
  Task<bool> take(PollAnswer answer);
  Task<void> take_one(PolledSet set, std::size_t& waiting, loop::Gate& all_done);
  Task<void> rest_after(bool was_empty, bool all_decided, std::chrono::nanoseconds asked);

  const Parts parts_;
  const Config config_;
  Url endpoint_;
  PollQuery owed_;  // what the next poll has to say
  std::chrono::seconds retry_after_{};
  bool is_stopping_ = false;
  unsigned failures_ = 0;  // in a row
  Counts counts_;
};

}  // namespace tocsin::receiver
