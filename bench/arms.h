// Times pieces of work against each other in one process: samples of all arms are interleaved, so a
// machine that changes speed changes it for all, and the lowest sample of each arm is what counts.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace tocsin::bench {

// CPU time of this thread, in microseconds: what other processes do meanwhile does not count.
inline double thread_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// Keeps the compiler from dropping work whose result nobody reads.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

struct Arm {
  std::string name;
  std::function<void()> once;
  double lowest = 1e30;  // microseconds per call, after run()
  double median = 0;
  std::vector<double> samples{};
};

struct Timing {
  std::size_t samples = 41;           // per arm; at least 27
  double sample_microseconds = 3000;  // how long one sample lasts, about
};

// Runs all arms, interleaved, and fills in lowest and median.
inline void run(std::vector<Arm>& arms, const Timing& timing = {}) {
  std::vector<std::size_t> calls(arms.size());
  for (std::size_t i = 0; i < arms.size(); ++i) {
    for (int warm = 0; warm < 3; ++warm) arms[i].once();
    const double start = thread_microseconds();
    arms[i].once();
    const double one = std::max(0.05, thread_microseconds() - start);
    calls[i] = std::max<std::size_t>(1, static_cast<std::size_t>(timing.sample_microseconds / one));
  }
  for (std::size_t sample = 0; sample < timing.samples; ++sample) {
    for (std::size_t i = 0; i < arms.size(); ++i) {
      const double start = thread_microseconds();
      for (std::size_t call = 0; call < calls[i]; ++call) arms[i].once();
      const double each = (thread_microseconds() - start) / static_cast<double>(calls[i]);
      arms[i].samples.push_back(each);
      arms[i].lowest = std::min(arms[i].lowest, each);
    }
  }
  for (Arm& arm : arms) {
    std::ranges::sort(arm.samples);
    arm.median = arm.samples[arm.samples.size() / 2];
  }
}

// A line without a floor: what, ours, and the goal it must reach or stay below.
inline bool print_at_least(const char* what, double ours, double goal) {
  std::printf("| %s | | %.0f | | %.0f | %s |\n", what, ours, goal,
              ours >= goal ? "kept" : "MISSED");
  std::fflush(stdout);
  return ours >= goal;
}
inline bool print_at_most(const char* what, double ours, double goal) {
  std::printf("| %s | | %.2f | | %.2f | %s |\n", what, ours, goal,
              ours <= goal ? "kept" : "MISSED");
  std::fflush(stdout);
  return ours <= goal;
}

// A line with a floor that was measured in the same run.
inline bool print_against(const char* what, double floor, double ours, double limit) {
  const bool kept = ours / floor <= limit;
  std::printf("| %s | %.2f | %.2f | %.3f | %.2f | %s |\n", what, floor, ours, ours / floor, limit,
              kept ? "kept" : "MISSED");
  std::fflush(stdout);
  return kept;
}

// One line of the table in docs/performance.md: the ratio of the lowest samples.
inline bool print_ratio(const char* what, const Arm& floor, const Arm& ours, double limit) {
  return print_against(what, floor.lowest, ours.lowest, limit);
}

constexpr const char* table_head =
    "| What | floor | Tocsin | ratio | limit | |\n|---|--:|--:|--:|--:|---|\n";

}  // namespace tocsin::bench
