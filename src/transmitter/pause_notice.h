// The pause of a stream whose receiver accepts nothing: announced first, in effect later (SSF 1.0
// section 8.1.5; ambiguities A-16). Pure.
#pragma once

#include <string>

#include "store/streams.h"

namespace tocsin::transmitter {

// The receiver did not take anything for days (REL-09): the stream will be paused, and the SET that
// says so is the next to go. Nothing changes if the stream is not enabled, or a change waits
// already.
struct PauseNotice {
  std::string jti;
  store::WallTime at{};
  store::WallTime deadline{};
  std::string reason;
};
Result<store::StreamChange> announce_pause(const store::StreamRecord& record,
                                           const PauseNotice& notice);

}  // namespace tocsin::transmitter
