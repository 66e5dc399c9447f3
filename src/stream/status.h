// How a stream's status changes (SSF 1.0 sections 8.1.2 and 8.1.5): pure decisions over the part of
// a stream that they concern. Who wants the change matters: a receiver knows what it asked for and
// is told nothing; what the transmitter decides is announced by a stream-updated event, and before
// the stream stops (ambiguities ).
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "tocsin/events/ssf.h"
#include "tocsin/result.h"
#include "tocsin/stream_requests.h"

namespace tocsin::stream {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

// How long an announced status waits for the receiver to have the announcement.
inline constexpr std::chrono::seconds announcement_time_max{60};

// A status that is announced and not yet in effect.
struct AnnouncedStatus {
  StreamStatus status{};
  std::optional<std::string> reason{};
  WallTime deadline{};
};

struct StatusState {
  StreamStatus status = StreamStatus::enabled;
  std::optional<std::string> reason{};
  bool locked = false;  // an operator stopped it: the receiver cannot make it livelier
  std::optional<AnnouncedStatus> announced{};
};

// A change and what it brings with it.
struct StatusStep {
  StatusState state{};
  std::optional<ssf::StreamUpdated> event{};  // goes out before everything that waits
  bool drop_pending = false;                  // a disabled stream holds nothing (SSF 8.1.2.1)
};

// A receiver's request. It takes effect at once and ends what was announced. http_forbidden where
// an operator's decision stands against it.
Result<StatusStep> request_status(const StatusState& state, StreamStatus status,
                                  std::optional<std::string> reason);

// What the transmitter wants for reasons of its own.
struct StatusDecision {
  StreamStatus status{};
  std::optional<std::string> reason{};
  bool lock = false;     // an operator's: only an operator lifts it
  bool at_once = false;  // for reasons of security: the announcement follows when it may
};
StatusStep decide_status(const StatusState& state, const StatusDecision& decision, WallTime now);

// The announced status once its deadline has passed, received or not; nothing before.
std::optional<StatusStep> end_announcement(const StatusState& state, WallTime now);

// Whether a stream has been silent for its inactivity_timeout (SSF 8.1.1). A wall clock that was
// set back makes nobody inactive.
bool is_inactive(const std::optional<std::chrono::seconds>& inactivity_timeout, WallTime active_at,
                 WallTime now) noexcept;

}  // namespace tocsin::stream
