// One request and its answer on one connection, against a peer that may be hostile (SEC-44).
#pragma once

#include <string>
#include <string_view>

#include "http/client.h"
#include "http/stream.h"
#include "http/wire.h"

namespace tocsin::http {

// The request as it goes over the wire. Refuses what would not be exactly one request: header names
// and values that end a line, headers that are the client's business. Error: http_request.
Result<std::string> request_bytes(const OutboundRequest& request);

struct AnswerLimits {
  HeadLimits head;
  std::size_t body_max;
};

struct Exchange {
  Result<Response> answer;
  bool reusable = false;   // both messages ended, and both sides want to go on
  bool unanswered = true;  // not one byte came back
};

// Writes `request` and reads the answer to it. Errors of the answer: net_answer for what is no
// acceptable answer, net_closed for one that was cut, net_timeout. The body of an answer is taken
// as it is: a coding other than identity is refused, not undone.
Task<Exchange> exchange(Stream& stream, std::string_view request, std::string_view method,
                        AnswerLimits limits, Deadline deadline);

}  // namespace tocsin::http
