#include "transmitter/status_change.h"

#include <utility>

namespace tocsin::transmitter {

stream::StatusState status_of(const store::StreamRecord& record) {
  stream::StatusState state{
      .status = record.status, .reason = record.reason, .locked = record.locked};
  if (record.pending) {
    state.announced = stream::AnnouncedStatus{.status = record.pending->status,
                                              .reason = record.pending->reason,
                                              .deadline = record.pending->deadline};
  }
  return state;
}

store::StreamChange apply_status(const store::StreamRecord& record, stream::StatusStep step,
                                 const std::string& jti, store::WallTime now) {
  store::StreamChange change{.record = record, .drop_pending = step.drop_pending};
  change.record.status = step.state.status;
  change.record.reason = std::move(step.state.reason);
  change.record.locked = step.state.locked;
  change.record.pending.reset();
  if (auto& announced = step.state.announced) {
    change.record.pending = store::PendingStatus{.status = announced->status,
                                                 .reason = std::move(announced->reason),
                                                 .deadline = announced->deadline};
  }
  if (step.event) {
    change.events.push_back(
        {.jti = jti, .at = now, .event = *std::move(step.event), .announces_status = true});
  }
  return change;
}

store::StreamDecision decide_status(stream::StatusDecision decision, std::string jti,
                                    store::WallTime now) {
  return [decision = std::move(decision), jti = std::move(jti),
          now](const store::StreamRecord& record) -> Result<store::StreamChange> {
    return apply_status(record, stream::decide_status(status_of(record), decision, now), jti, now);
  };
}

}  // namespace tocsin::transmitter
