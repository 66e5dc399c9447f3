// What becomes of a stream's configuration when a receiver creates, updates or replaces it: pure
// decisions, made the same way by every node. What the receiver asked for and what the transmitter
// decides meet here and nowhere else (SEC-11, SEC-38).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/stream_config.h"
#include "tocsin/stream_requests.h"

namespace tocsin::stream {

// What the transmitter decides about one stream. No request changes any of it.
struct Terms {
  std::string stream_id;
  std::string iss;
  std::vector<std::string> aud;
  std::vector<std::string> events_supported;
  bool push = true;                 // push is offered
  std::string poll_endpoint_url{};  // where this stream is polled; empty: polling is not offered
  std::optional<std::chrono::seconds> min_verification_interval{};
  std::optional<std::chrono::seconds> inactivity_timeout{};
};

// The configuration of a new stream. stream_value if its delivery method is not offered.
Result<StreamConfig> create_stream(const StreamCreateRequest& request, const Terms& terms);

// The configuration after an update or replacement, or stream_immutable, and then nothing changes.
// `current` is the stream as it is: members the request repeats are compared with that, arrays as
// sets, and so is `events_delivered` (SSF 8.1.1.3). The stream's status is no part of it.
Result<StreamConfig> update_stream(const StreamConfig& current, const StreamUpdateRequest& request,
                                   const Terms& terms);
Result<StreamConfig> replace_stream(const StreamConfig& current,
                                    const StreamReplaceRequest& request, const Terms& terms);

// The members a request repeats and should not have: one stream_immutable each.
void judge_supplied(const SuppliedMembers& supplied, const StreamConfig& current,
                    std::string_view poll_endpoint_url, Findings& findings);

}  // namespace tocsin::stream
