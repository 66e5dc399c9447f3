// When to try again (REL-09): full-jitter exponential backoff, between a second and an hour unless
// an operator says otherwise, never earlier than the peer asked for.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/random.h"

namespace tocsin::delivery {

// The backoff's first span and its last; both more than nothing.
struct RetrySpans {
  std::chrono::milliseconds first{1000};
  std::chrono::milliseconds last{std::chrono::hours(1)};
};

// A `Retry-After` value, seconds or a date (RFC 9110 10.2.3), as a span from `now`, clamped to
// [1 s, 1 h] (SEC-44). Nothing if it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::chrono::sys_seconds now);

// `failures`: how many attempts failed before this one. The span doubles with each of them, and the
// delay is anywhere within it, so that peers which fail together are not tried again together.
std::chrono::milliseconds retry_delay(unsigned failures,
                                      std::optional<std::chrono::seconds> retry_after,
                                      Random& random, const RetrySpans& spans = {});

}  // namespace tocsin::delivery
