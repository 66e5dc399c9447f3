// How many failed authentications are answered as such before the answer is "too many" (SEC-08).
// Only failures count and only failures are held back, so nobody locks out the holder of a good
// credential.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::oauth {

class FailureLimit {
 public:
  struct Config {
    double burst = 20;                      // failures at once
    std::chrono::milliseconds every{3000};  // one more may follow
    std::size_t slots = 4096;               // the memory: 16 bytes each
  };

  explicit FailureLimit(const Config& config);
  FailureLimit() : FailureLimit(Config{}) {}

  // Counts one failure of `name` at `now` (monotonic), and says whether it is one too many. Names
  // that share a slot share its allowance.
  bool is_exceeded(std::string_view name, std::chrono::nanoseconds now);

 private:
  struct Slot {
    double level = 0;
    std::chrono::nanoseconds at{};
  };
  const Config config_;
  std::vector<Slot> slots_;
};

// Whom a peer's failures are counted for: its address, or the /64 of an IPv6 address, as one
// customer has all of it.
std::string counted_peer(std::string_view address);

}  // namespace tocsin::oauth
