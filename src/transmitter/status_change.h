// What the rules of stream/status.h make of a stream in the ledger.
#pragma once

#include <optional>
#include <string>

#include "store/streams.h"
#include "stream/status.h"

namespace tocsin::transmitter {

stream::StatusState status_of(const store::StreamRecord& record);

// `jti` is that of the stream-updated event, if there is one.
store::StreamChange apply_status(const store::StreamRecord& record, stream::StatusStep step,
                                 const std::string& jti, store::WallTime now);

// For Streams::change(): the transmitter itself decides over a status, and says so on the stream
// (SSF 8.1.5): an operator, a receiver that stays dead, a receiver that is silent.
store::StreamDecision decide_status(stream::StatusDecision decision, std::string jti,
                                    store::WallTime now);

}  // namespace tocsin::transmitter
