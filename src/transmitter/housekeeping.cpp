#include "transmitter/housekeeping.h"

#include <utility>
#include <vector>

#include "transmitter/status_change.h"

namespace tocsin::transmitter {
namespace {

constexpr std::chrono::seconds period{1};
constexpr std::size_t batch_max = 100;  // streams, and removals, of one look

// The stream as it is by now, which may not be overdue any more.
Result<store::StreamChange> tidy_up(const store::StreamRecord& record, const std::string& jti,
                                    store::WallTime now) {
  const stream::StatusState state = status_of(record);
  if (auto step = stream::end_announcement(state, now)) {
    return apply_status(record, *std::move(step), jti, now);
  }
  const bool is_silent =
      record.status == StreamStatus::enabled && !record.pending &&
      stream::is_inactive(record.config.inactivity_timeout, record.active_at, now);
  if (!is_silent) return store::StreamChange{.record = record};
  return apply_status(
      record,
      stream::decide_status(
          state, {.status = StreamStatus::paused, .reason = "The stream was not used."}, now),
      jti, now);
}

}  // namespace

// A removal that is early by less than a period is within its grace; one that is late is not.
Task<Result<std::size_t>> Housekeeping::sweep() {
  const Result<std::size_t> removed =
      co_await parts_.subjects.finish_removals(parts_.clock.wall() + period, batch_max);
  if (!removed) co_return removed;
  const Result<std::size_t> changed = co_await sweep_streams();
  if (!changed) co_return changed;
  co_return *removed + *changed;
}

Task<Result<std::size_t>> Housekeeping::sweep_streams() {
  const store::WallTime now = parts_.clock.wall();
  std::size_t changed = 0;
  Result<std::vector<store::StreamRecord>> overdue =
      co_await parts_.streams.overdue(now, batch_max);
  if (!overdue) co_return std::move(overdue).error();
  for (store::StreamRecord& record : *overdue) {
    store::StreamDecision decide = [jti = parts_.random.id(),
                                    now](const store::StreamRecord& current) {
      return tidy_up(current, jti, now);
    };
    Result<store::StreamRecord> after = co_await parts_.streams.change(
        std::move(record.owner), std::move(record.config.stream_id), std::move(decide));
    if (after) ++changed;
    // It was deleted since: nothing is left to do.
    if (!after && after.error().code != Errc::stream_unknown) co_return std::move(after).error();
  }
  co_return changed;
}

Task<void> Housekeeping::run() {
  while (!stopping_) {
    const Result<std::size_t> swept = co_await sweep();
    if (swept && *swept >= batch_max) continue;
    co_await parts_.timers.sleep(period);
  }
}

}  // namespace tocsin::transmitter
