// Randomness behind an interface: the system's generator in production (jose/ provides it), a
// seeded one in tests and the simulator (REL-28).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/base64url.h"

namespace tocsin {

class Random {
 public:
  virtual ~Random() = default;

  // Fills `out`. A generator that cannot deliver stops the process: it never returns weak bytes.
  virtual void fill(std::span<std::uint8_t> out) = 0;

  // Uniform in [0, bound); 0 if bound is 0.
  std::uint64_t below(std::uint64_t bound) {
    if (bound == 0) return 0;
    const std::uint64_t reach = UINT64_MAX - UINT64_MAX % bound;
    while (true) {
      std::array<std::uint8_t, 8> octets{};
      fill(octets);
      std::uint64_t value = 0;
      for (const std::uint8_t octet : octets) value = value << 8 | octet;
      if (value < reach) return value % bound;
    }
  }

  // 128 random bits as 22 characters of base64url: jti, stream_id, txn (SEC-10, SEC-36).
  std::string id() {
    std::array<std::uint8_t, 16> octets{};
    fill(octets);
    return base64url_encode(
        std::string_view(reinterpret_cast<const char*>(octets.data()), octets.size()));
  }
};

// The same seed gives the same bytes on every machine (splitmix64). Never for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  void fill(std::span<std::uint8_t> out) override {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (i % 8 == 0) word = next();
      out[i] = static_cast<std::uint8_t>(word >> (i % 8 * 8));
    }
  }

 private:
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

}  // namespace tocsin
