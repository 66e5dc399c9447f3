// Time that passes only when nothing is left to do now. With it, one loop without sockets or
// threads, and one seed, a run is the same every time (REL-28).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "base/clock.h"
#include "loop/gate.h"
#include "loop/task.h"
#include "loop/timers.h"

namespace tocsin::sim {

class VirtualTime final : public Clock, public loop::Timers {
 public:
  explicit VirtualTime(loop::Loop& loop) : loop_(loop) {}

  std::chrono::sys_time<std::chrono::milliseconds> wall() const override {
    return std::chrono::floor<std::chrono::milliseconds>(start + now_) + jumped_;
  }
  std::chrono::nanoseconds monotonic() const override { return now_; }

  // A wall clock set by hand or by NTP; the monotonic clock does not notice.
  void jump_wall(std::chrono::milliseconds by) { jumped_ += by; }

  loop::Task<void> sleep(std::chrono::nanoseconds span) override;

  // Runs the loop, and time, until `done` says so; false if that takes longer than `span_max`, or
  // if everybody waits for something that is not time.
  bool run_until(const std::function<bool()>& done, std::chrono::nanoseconds span_max);

 private:
  static constexpr std::chrono::sys_seconds start{std::chrono::seconds(1'795'000'000)};

  loop::Loop& loop_;
  std::chrono::nanoseconds now_{};
  std::chrono::milliseconds jumped_{};
  std::uint64_t slept_ = 0;
  // By when it is due, then in the order they went to sleep.
  std::map<std::pair<std::chrono::nanoseconds, std::uint64_t>, loop::Resume> sleepers_;
};

}  // namespace tocsin::sim
