#include "stream/status.h"

#include <utility>

namespace tocsin::stream {
namespace {

StatusStep take_effect(StatusState state, StreamStatus status, std::optional<std::string> reason) {
  state.status = status;
  state.reason = std::move(reason);
  state.announced.reset();
  return {.state = std::move(state), .drop_pending = status == StreamStatus::disabled};
}

ssf::StreamUpdated announcement(const StatusDecision& decision) {
  return {.status = decision.status, .reason = decision.reason};
}

// From more to less, a stream sends, holds, or does neither.
bool is_livelier(StreamStatus a, StreamStatus b) noexcept {
  return a < b;
}

}  // namespace

Result<StatusStep> request_status(const StatusState& state, StreamStatus status,
                                  std::optional<std::string> reason) {
  const StreamStatus decided = state.announced ? state.announced->status : state.status;
  if (state.locked && is_livelier(status, decided)) {
    return Error(Errc::http_forbidden, "an operator stopped the stream");
  }
  return take_effect(state, status, std::move(reason));
}

StatusStep decide_status(const StatusState& state, const StatusDecision& decision, WallTime now) {
  StatusState wanted = state;
  wanted.locked = decision.lock;
  const bool was_announced = state.announced.has_value();
  const bool sends = state.status == StreamStatus::enabled;
  const bool will_send = decision.status == StreamStatus::enabled;

  if (sends && !will_send && !decision.at_once) {
    wanted.announced = AnnouncedStatus{.status = decision.status,
                                       .reason = decision.reason,
                                       .deadline = now + announcement_time_max};
    return {.state = std::move(wanted), .event = announcement(decision)};
  }
  StatusStep step = take_effect(std::move(wanted), decision.status, decision.reason);
  // A stream that is stopped stays silent whichever way it is stopped; one that goes on as it was
  // has nothing to tell unless it told something else before.
  if (sends != will_send || (will_send && was_announced)) step.event = announcement(decision);
  return step;
}

std::optional<StatusStep> end_announcement(const StatusState& state, WallTime now) {
  if (!state.announced || now < state.announced->deadline) return std::nullopt;
  return take_effect(state, state.announced->status, state.announced->reason);
}

bool is_inactive(const std::optional<std::chrono::seconds>& inactivity_timeout, WallTime active_at,
                 WallTime now) noexcept {
  return inactivity_timeout && now - active_at >= *inactivity_timeout;
}

}  // namespace tocsin::stream
