// Waiting as a port: the machine's timers in production, virtual time in the simulator (REL-28).
#pragma once

#include <chrono>

#include "loop/task.h"

namespace tocsin::loop {

class Timers {
 public:
  virtual ~Timers() = default;

  // Resumes on the loop once `span` of monotonic time has passed; at the loop's next turn if it is
  // not positive.
  virtual Task<void> sleep(std::chrono::nanoseconds span) = 0;
};

class LoopTimers final : public Timers {
 public:
  explicit LoopTimers(Loop& loop) : loop_(loop) {}
  Task<void> sleep(std::chrono::nanoseconds span) override;

 private:
  Loop& loop_;
};

}  // namespace tocsin::loop
