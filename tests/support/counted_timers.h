// Sleeps without waiting, and remembers for how long.
#pragma once

#include <chrono>
#include <vector>

#include "loop/timers.h"

namespace tocsin::test {

class CountedTimers final : public loop::Timers {
 public:
  loop::Task<void> sleep(std::chrono::nanoseconds span) override {
    slept.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(span));
    co_return;
  }

  std::vector<std::chrono::milliseconds> slept;
};

}  // namespace tocsin::test
