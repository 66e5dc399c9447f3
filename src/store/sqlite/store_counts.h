// What the store counts, for metrics (REL-27). Nothing here names a subject.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tocsin::store::sqlite {

// What became of SETs, by push and by poll. Only what is committed counts.
struct Tally {
  std::uint64_t delivered = 0;
  std::uint64_t rejected = 0;
  std::uint64_t expired = 0;
  std::uint64_t withdrawn = 0;
  std::uint64_t retried = 0;  // refused or not answered, and pending still

  Tally& operator+=(const Tally& other) noexcept {
    delivered += other.delivered;
    rejected += other.rejected;
    expired += other.expired;
    withdrawn += other.withdrawn;
    retried += other.retried;
    return *this;
  }
};

// How long transactions that wrote took, from BEGIN until they were on disk.
struct CommitTimes {
  static constexpr std::array<double, 11> bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                 0.05,   0.1,   0.25,   0.5,   1.0};  // seconds

  std::array<std::uint64_t, bounds.size() + 1> counts{};  // of each bound, and of what is longer
  double sum = 0;                                         // seconds

  void add(std::chrono::nanoseconds time) noexcept {
    const double seconds = std::chrono::duration<double>(time).count();
    std::size_t place = 0;
    while (place < bounds.size() && seconds > bounds[place]) ++place;
    ++counts[place];
    sum += seconds;
  }
};

struct StoreCounts {
  Tally sets;
  CommitTimes commits;
  std::uint64_t requests = 0;  // that were done, reads among them
  std::uint64_t failures = 0;  // of them, those whose transaction was lost
  std::size_t waiting = 0;     // requests in line now
};

}  // namespace tocsin::store::sqlite
