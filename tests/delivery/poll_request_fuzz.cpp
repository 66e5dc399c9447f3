// Any bytes as a poll request: what is accepted keeps its promises.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "delivery/poll_request.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin::delivery;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = parse_poll_request(text);
  if (!request) return 0;
  check(request->events_max() <= poll_events_max);
  for (const PollRequest::Refusal& refusal : request->set_errs) {
    check(refusal.error.err.size() <= push_error_code_max);
    check(refusal.error.description.size() <= push_error_description_max);
    check(std::ranges::find(request->ack, refusal.jti) == request->ack.end());
  }
  return 0;
}
