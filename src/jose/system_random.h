// The system's random generator behind the interface of base/ (REL-28).
#pragma once

#include <cstdint>
#include <span>

#include "base/random.h"

namespace tocsin {

// Thread-safe. Stops the process when the generator fails: it never returns weak bytes.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace tocsin
