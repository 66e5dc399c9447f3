#include "jose/system_random.h"

#include <openssl/rand.h>

#include <limits>

#include "base/assert.h"

namespace tocsin {

void SystemRandom::fill(std::span<std::uint8_t> out) {
  TOCSIN_ASSERT(out.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  TOCSIN_ASSERT(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

}  // namespace tocsin
