// When to try again (REL-09): full-jitter exponential backoff between a second and an hour, never
// earlier than the peer asked for.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/random.h"

namespace tocsin::delivery {

inline constexpr std::chrono::seconds retry_delay_min{1};     // the backoff's first span
inline constexpr std::chrono::seconds retry_delay_max{3600};  // and its last

// A `Retry-After` value, seconds or a date (RFC 9110 10.2.3), as a span from `now`, clamped to
// [retry_delay_min, retry_delay_max] (SEC-44). Nothing if it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::chrono::sys_seconds now);

// `failures`: how many attempts failed before this one. The span doubles with each of them, and the
// delay is anywhere within it, so that peers which fail together are not tried again together.
std::chrono::milliseconds retry_delay(unsigned failures,
                                      std::optional<std::chrono::seconds> retry_after,
                                      Random& random);

}  // namespace tocsin::delivery
