#include "delivery/retry_delay.h"

#include <algorithm>
#include <cstdint>

#include "delivery/http_date.h"

namespace tocsin::delivery {
namespace {

// What a peer may ask for.
constexpr std::chrono::seconds asked_min{1};
constexpr std::chrono::seconds asked_max{3600};

std::chrono::seconds clamp_delay(std::chrono::seconds delay) {
  return std::clamp(delay, asked_min, asked_max);
}

std::chrono::milliseconds span_after(unsigned failures, const RetrySpans& spans) {
  std::chrono::milliseconds span = spans.first;
  for (; failures > 0 && span < spans.last; --failures) span *= 2;
  return std::min(span, spans.last);
}

// 1*DIGIT; more than an hour is all the same, however many digits it has.
std::optional<std::chrono::seconds> parse_delay_seconds(std::string_view value) {
  if (value.empty()) return std::nullopt;
  std::chrono::seconds delay{};
  for (const char c : value) {
    if (c < '0' || c > '9') return std::nullopt;
    delay = std::min(delay * 10 + std::chrono::seconds(c - '0'), asked_max);
  }
  return delay;
}

}  // namespace

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::chrono::sys_seconds now) {
  if (const auto delay = parse_delay_seconds(value)) return clamp_delay(*delay);
  if (const auto date = parse_http_date(value, now)) return clamp_delay(*date - now);
  return std::nullopt;
}

std::chrono::milliseconds retry_delay(unsigned failures,
                                      std::optional<std::chrono::seconds> retry_after,
                                      Random& random, const RetrySpans& spans) {
  const std::chrono::milliseconds span = span_after(failures, spans);
  const std::chrono::milliseconds delay(
      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(span.count())) + 1));
  if (!retry_after) return delay;
  return std::max<std::chrono::milliseconds>(delay, clamp_delay(*retry_after));
}

}  // namespace tocsin::delivery
