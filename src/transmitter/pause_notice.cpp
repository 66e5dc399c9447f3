#include "transmitter/pause_notice.h"

namespace tocsin::transmitter {

Result<store::StreamChange> announce_pause(const store::StreamRecord& record,
                                           const PauseNotice& notice) {
  store::StreamChange change{.record = record};
  if (record.status != StreamStatus::enabled || record.pending) return change;
  change.record.pending = store::PendingStatus{
      .status = StreamStatus::paused, .reason = notice.reason, .deadline = notice.deadline};
  change.events.push_back(
      {.jti = notice.jti,
       .at = notice.at,
       .event = ssf::StreamUpdated{.status = StreamStatus::paused, .reason = notice.reason},
       .announces_status = true});
  return change;
}

}  // namespace tocsin::transmitter
