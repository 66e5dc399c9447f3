// One SET on its way out of the inbox.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "store/inbox.h"
#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin::sink {

struct SinkEvent {
  std::int64_t place = 0;  // in the inbox
  std::string upstream;
  std::string jti;
  std::chrono::sys_time<std::chrono::milliseconds> received_at{};
  Json claims;                     // as they were signed
  std::vector<std::string> types;  // of its events
  std::string subject;             // equal for equal sub_id: what keeps their order
};

// What the inbox holds was verified when it came, so nothing is verified again. Errors: jose_*,
// json_*, claim_* for what is no SET.
Result<SinkEvent> read_sink_event(const store::InboxRow& row);

// Whether a sink wants an event.
using SinkFilter = std::function<bool(const SinkEvent&)>;

// {"upstream","received_at","set":{claims}}: an event as sinks of ours write it.
Json to_json(const SinkEvent& event);

}  // namespace tocsin::sink
