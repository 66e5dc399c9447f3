#include "stream/verification.h"

namespace tocsin::stream {

std::optional<std::chrono::seconds> verification_wait(
    const std::optional<std::chrono::seconds>& min_verification_interval,
    const std::optional<WallTime>& requested_at, WallTime now) noexcept {
  if (!min_verification_interval || !requested_at || *requested_at > now) return std::nullopt;
  const auto left = *requested_at + *min_verification_interval - now;
  if (left.count() <= 0) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(left);
}

}  // namespace tocsin::stream
