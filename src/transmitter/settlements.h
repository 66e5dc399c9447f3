// Outcomes on their way into the ledger: those that are ready together go in one transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "loop/timers.h"
#include "store/outbox.h"

namespace tocsin::transmitter {

using loop::Task;

// For the loop's thread.
class Settlements {
 public:
  // Called for each outcome once it is durable.
  using Listener = std::function<void(const store::Settled&)>;

  // Both must outlive it.
  Settlements(store::Outbox& outbox, loop::Timers& timers, Listener listener)
      : outbox_(outbox), timers_(timers), listener_(std::move(listener)) {}

  void add(store::Settled outcome) { waiting_.push_back(std::move(outcome)); }

  // Whether somebody should run flush(): there is something to record and nobody does it.
  bool wants_flush() const noexcept { return !is_flushing_ && !waiting_.empty(); }

  // Records what waits, and what comes meanwhile. A store that fails is asked again until it takes
  // them: an outcome is never dropped.
  Task<void> flush() {
    is_flushing_ = true;
    return record_all();
  }

  std::uint64_t failures() const noexcept { return failures_; }

 private:
  Task<void> record_all();
  Task<bool> settle_waiting();

  store::Outbox& outbox_;
  loop::Timers& timers_;
  const Listener listener_;
  std::vector<store::Settled> waiting_;
  bool is_flushing_ = false;
  std::uint64_t failures_ = 0;
};

}  // namespace tocsin::transmitter
