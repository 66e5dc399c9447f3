// What a poll asks and what it is answered with (RFC 8936 sections 2.2 and 2.3), on the receiver's
// side. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/error.h"
#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin::receiver {

inline constexpr std::size_t poll_body_max = 8 * 1024 * 1024;  // octets of an answer

// What we tell and ask.
struct PollQuery {
  struct Refusal {
    std::string jti;
    Errc code;  // what is wrong with the SET
  };
  std::size_t events_max = 100;  // 0: acknowledge only
  bool return_immediately = false;
  std::vector<std::string> ack{};
  std::vector<Refusal> set_errs{};
};

Json to_json(const PollQuery& query);

struct PolledSet {
  std::string jti;  // the name it has in the answer: what it is acknowledged by (POLL-2.3-05)
  std::string compact;
};

struct PollAnswer {
  std::vector<PolledSet> sets;
  bool more_available = false;
};

// Members nobody knows are ignored; `sets` that is missing or null is empty (POLL-2.3-05). A value
// that is no string is an empty SET, so that it is answered for. Errors: json_*, poll_request for
// what is no answer to a poll.
Result<PollAnswer> parse_poll_answer(std::string_view body);

}  // namespace tocsin::receiver
