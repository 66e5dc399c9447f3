// Time as the rest of Tocsin sees it: two clocks behind one interface, so that a test or the
// simulator decides what time it is (REL-21, REL-28). Nothing else reads a clock.
#pragma once

#include <chrono>

namespace tocsin {

class Clock {
 public:
  virtual ~Clock() = default;

  // Wall time: what goes into `iat` and logs. May jump either way.
  virtual std::chrono::sys_time<std::chrono::milliseconds> wall() const = 0;

  // Monotonic time since an arbitrary start: what timers and deadlines use. Never goes back.
  virtual std::chrono::nanoseconds monotonic() const = 0;

  std::chrono::sys_seconds wall_seconds() const {
    return std::chrono::floor<std::chrono::seconds>(wall());
  }
};

// The machine's clocks. Thread-safe.
class SystemClock final : public Clock {
 public:
  std::chrono::sys_time<std::chrono::milliseconds> wall() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  std::chrono::nanoseconds monotonic() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
};

// Stands still until told otherwise.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::chrono::sys_seconds start) : wall_(start) {}

  std::chrono::sys_time<std::chrono::milliseconds> wall() const override { return wall_; }
  std::chrono::nanoseconds monotonic() const override { return monotonic_; }

  void advance(std::chrono::milliseconds by) {
    wall_ += by;
    monotonic_ += by;
  }
  // A wall clock set by hand or by NTP; the monotonic clock does not notice.
  void jump_wall(std::chrono::milliseconds by) { wall_ += by; }

 private:
  std::chrono::sys_time<std::chrono::milliseconds> wall_;
  std::chrono::nanoseconds monotonic_{};
};

}  // namespace tocsin
