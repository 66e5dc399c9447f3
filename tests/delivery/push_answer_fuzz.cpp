// A receiver's answer, byte by byte: status, Content-Type, Retry-After and body, parted by
// newlines.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "delivery/push_outcome.h"
#include "delivery/retry_delay.h"

namespace {

// What a peer may ask for (SEC-44).
constexpr std::chrono::seconds asked_min{1};
constexpr std::chrono::seconds asked_max{3600};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin::delivery;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view status = take_line(text);
  const std::string_view content_type = take_line(text);
  const std::string_view retry_after = take_line(text);
  const unsigned code = status.empty() ? 400 : 200 + static_cast<unsigned char>(status[0]) * 2;

  const std::chrono::sys_seconds now(std::chrono::seconds(1'795'000'000));
  const PushAnswer answer = read_push_answer(
      {.status = code, .content_type = content_type, .retry_after = retry_after, .body = text},
      now);
  check(answer.error.err.size() <= push_error_code_max);
  check(answer.error.description.size() <= push_error_description_max);
  if (answer.retry_after) {
    check(*answer.retry_after >= asked_min && *answer.retry_after <= asked_max);
  }
  tocsin::SeededRandom random(size);
  const PushOutcome outcome = judge_push(answer, {.failures = code, .refusals = 0}, random);
  check(std::holds_alternative<Delivered>(outcome) ==
        (code >= 200 && code < 300 && (code == 202 || !answer.is_html)));
  if (const auto* retry = std::get_if<RetryAfter>(&outcome)) {
    check(retry->delay.count() > 0 && retry->delay <= RetrySpans().last);
  }
  return 0;
}
