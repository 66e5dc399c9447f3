// The frame around a sink: from the inbox to the destination, at least once, in order per subject.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "loop/timers.h"
#include "sink/sink.h"
#include "store/inbox.h"
#include "store/notes.h"

namespace tocsin::sink {

// For the loop's thread.
class SinkRunner {
 public:
  struct Config {
    std::string name;              // its cursor is kept under it
    SinkFilter wants{};            // empty: everything
    unsigned refusals_max = 3;     // of one event, then it is set aside
    std::size_t events_max = 500;  // in hand at a time
  };
  // All of it outlives the runner.
  struct Parts {
    store::Inbox& inbox;
    store::Notes& notes;
    loop::Timers& timers;
    Random& random;
    Sink& sink;
    // An event was set aside, or could not be handed over now; for the log. May be empty.
    std::function<void(const SinkEvent&, const Error&)> on_set_aside{};
    std::function<void(const Error&)> on_failure{};
  };
  struct Counts {
    std::uint64_t delivered = 0;
    std::uint64_t filtered = 0;
    std::uint64_t set_aside = 0;
    std::uint64_t failures = 0;  // rounds in which the destination, or the store, was not to be had
  };

  SinkRunner(Config config, Parts parts) : config_(std::move(config)), parts_(std::move(parts)) {}

  // Until stop().
  Task<void> run();
  void stop() { is_stopping_ = true; }

  // Something new is in the inbox.
  void wake() { is_woken_ = true; }

  const Counts& counts() const noexcept { return counts_; }
  // Everything up to here is where it belongs.
  std::int64_t cursor() const noexcept { return cursor_; }

  // Names of notes: where it stands, and the reason for one that was set aside.
  static std::string cursor_note(const std::string& name);
  static std::string aside_note(const std::string& name, std::int64_t place);

 private:
  struct Item {
    SinkEvent event;
    unsigned refusals = 0;
  };

  Task<Result<void>> round();
  Task<Result<void>> restore();
  Task<Result<void>> read();
  Task<Result<void>> hand_over();
  Task<Result<void>> set_aside(const SinkEvent& event, const Error& why);
  Task<Result<void>> move_cursor();
  Task<void> wait_for_more();

  const Config config_;
  const Parts parts_;
  std::vector<Item> items_;  // read, and not yet where they belong
  std::int64_t read_ = 0;    // the place of the last that was read
  std::int64_t cursor_ = 0;  // as it is kept
  bool is_restored_ = false;
  bool is_woken_ = false;
  bool is_stopping_ = false;
  Counts counts_;
};

}  // namespace tocsin::sink
