#include "sim/virtual_time.h"

#include <algorithm>
#include <functional>

namespace tocsin::sim {

loop::Task<void> VirtualTime::sleep(std::chrono::nanoseconds span) {
  const auto due = now_ + std::max(span, std::chrono::nanoseconds(0));
  std::function<void(loop::Resume)> keep = [this, due](loop::Resume resume) {
    sleepers_.emplace(std::pair(due, slept_++), std::move(resume));
  };
  co_await loop::suspend(std::move(keep));
}

bool VirtualTime::run_until(const std::function<bool()>& done, std::chrono::nanoseconds span_max) {
  const auto end = now_ + span_max;
  while (true) {
    loop_.restart();
    loop_.poll();
    if (done()) return true;
    const auto next = sleepers_.begin();
    if (next == sleepers_.end() || next->first.first > end) return false;
    now_ = next->first.first;
    const loop::Resume resume = std::move(next->second);
    sleepers_.erase(next);
    resume();
  }
}

}  // namespace tocsin::sim
