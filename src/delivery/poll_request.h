// What a receiver asks at its poll endpoint (RFC 8936 section 2.2), read strictly where it decides
// over SETs and leniently where it only tells us something.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/push_answer.h"
#include "tocsin/result.h"

namespace tocsin::delivery {

inline constexpr std::size_t poll_request_max = 1024 * 1024;     // bytes of a request
inline constexpr std::size_t poll_events_max = 1000;             // SETs in an answer
inline constexpr std::size_t poll_events_default = 100;          // where none are asked for
inline constexpr std::size_t poll_answer_max = 4 * 1024 * 1024;  // bytes of SETs in an answer

struct PollRequest {
  struct Refusal {
    std::string jti;
    PushError error;  // without a code if there was none to read
  };
  std::optional<std::size_t> max_events{};  // as it was asked for; 0: none, acknowledge only
  bool return_immediately = false;          // false: wait for a SET
  std::vector<std::string> ack{};
  std::vector<Refusal> set_errs{};  // a jti that is in `ack`, too, is here only (POLL-2.4.4-02)

  // How many SETs the answer may have.
  std::size_t events_max() const noexcept;
};

// Members nobody knows, and jtis nobody sent, are no error; `null` is absent. Errors: poll_request,
// json_syntax, json_duplicate, json_limits.
Result<PollRequest> parse_poll_request(std::string_view text);

}  // namespace tocsin::delivery
