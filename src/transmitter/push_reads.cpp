// What the push engine reads from the store for one stream: its record, and its window of SETs.
#include <algorithm>

#include "delivery/retry_delay.h"
#include "transmitter/push_engine.h"
#include "transmitter/status_change.h"

namespace tocsin::transmitter {
namespace {

constexpr std::chrono::seconds read_pause{1};  // after the store failed
constexpr std::size_t held_rows_max = 16;      // enough to find a probe

constexpr std::string_view hopeless = "The receiver has not accepted events for too long.";

// A due time as the monotonic clock sees it. A wall clock that was set back delays nothing for
// longer than a retry may take (REL-21).
delivery::Moment moment_of(store::WallTime due_at, const Clock& clock) {
  using std::chrono::milliseconds;
  const auto ahead =
      std::clamp<milliseconds>(due_at - clock.wall(), milliseconds(0), delivery::retry_delay_max);
  return clock.monotonic() + ahead;
}

bool is_hopeless(const PushWindow& window, delivery::Moment now) {
  return window.may_send() && !window.record->pending && window.plan.is_hopeless(now);
}

}  // namespace

std::size_t PushEngine::rows_max(const PushWindow& window) const {
  if (window.plan.is_held()) return held_rows_max;
  return std::clamp(config_.windows_max / std::max<std::size_t>(windows_.size(), 1), held_rows_max,
                    std::max(config_.window_max, held_rows_max));
}

bool PushEngine::wants_rows(const PushWindow& window) const {
  const delivery::PushPlan& plan = window.plan;
  if (!window.has_more || !window.may_send()) return false;
  // A window that begins anew waits until the ledger knows what was decided in the old one.
  if (plan.last_number() == 0 && window.unsettled > 0) return false;
  if (!plan.is_held()) return plan.size() < rows_max(window) / 2;
  return plan.in_flight() == 0 && plan.waiting() == 0 && plan.size() < held_rows_max &&
         *plan.held_until() <= parts_.clock.monotonic();
}

bool PushEngine::wants_read(const PushWindow& window) const {
  if (window.not_before) return false;
  return window.is_stale || wants_rows(window) || is_hopeless(window, parts_.clock.monotonic());
}

void PushEngine::queue_read(const Window& window) {
  window->is_turning = true;
  to_read_.push_back(window);
  if (readers_ >= config_.reads_max) return;
  ++readers_;
  spawn(read_queued());
}

Task<void> PushEngine::read_queued() {
  while (!to_read_.empty() && !is_stopping_) {
    Window window = std::move(to_read_.front());
    to_read_.pop_front();
    co_await read(window);
    window->is_turning = false;
    wake(window);
  }
  --readers_;
}

Task<void> PushEngine::read(Window window) {
  if (window->is_stale) co_await read_record(window);
  if (is_hopeless(*window, parts_.clock.monotonic())) co_await give_up(window);
  if (!window->not_before && wants_rows(*window)) co_await read_rows(window);
}

// Until the new record is here, and nothing changed meanwhile, no attempt begins.
Task<void> PushEngine::read_record(Window window) {
  window->forget_waiting();
  const std::uint64_t changes = window->changes;
  auto record = co_await parts_.outbox.push_stream(window->stream_id);
  if (window->changes != changes) co_return;
  if (record) {
    use(*window, std::move(record).value());
  } else if (record.error().code == Errc::stream_unknown) {
    window->record.reset();
    window->is_stale = false;
    window->is_gone = true;
    window->has_more = false;
  } else {
    pause_reading(*window);
  }
}

void PushEngine::use(PushWindow& window, store::StreamRecord record) {
  window.is_stale = false;
  window.is_gone = false;
  window.has_more = record.status == StreamStatus::enabled;
  window.plan.announce_only(record.pending.has_value());
  const Delivery& delivery = record.config.delivery;
  window.target.reset();
  if (auto url = parse_url(delivery.endpoint_url, config_.plain_http)) {
    window.target = PushTarget{.endpoint_url = std::move(url).value(),
                               .authorization_header = delivery.authorization_header};
  }
  window.record = std::make_shared<const store::StreamRecord>(std::move(record));
}

Task<void> PushEngine::read_rows(Window window) {
  const std::size_t count = rows_max(*window) - window->plan.size();
  window->is_loading = true;
  window->has_more = false;
  auto sets = co_await parts_.outbox.pending(window->stream_id, window->plan.last_number(), count);
  window->end_loading();
  if (!sets || window->is_stale) {
    window->has_more = true;
    if (sets) co_return;  // perhaps they were read before the change
    if (sets.error().code == Errc::stream_unknown) {
      window->make_stale();
    } else {
      pause_reading(*window);
    }
    co_return;
  }
  if (sets->size() >= count) window->has_more = true;
  keep_rows(window, std::move(sets).value());
}

void PushEngine::keep_rows(const Window& window, std::vector<store::PendingSet> sets) {
  const delivery::Moment now = parts_.clock.monotonic();
  window->oldest_forgotten.reset();
  for (store::PendingSet& set : sets) {
    const std::int64_t number = set.number;
    if (window->plan.is_known(number)) continue;
    window->plan.add({.number = number,
                      .marks = delivery::order_marks(set.subject),
                      .history = set.history,
                      .due = moment_of(set.due_at, parts_.clock),
                      .announces_status = set.announces_status},
                     now);
    window->sets[number] = {std::make_shared<const store::PendingSet>(std::move(set)), {}};
    queue_signing(window, number);  // also bytes that are kept: their key may be gone (REL-22)
  }
}

// REL-09: never disabled, and nothing is dropped.
Task<void> PushEngine::give_up(Window window) {
  store::StreamDecision decide =
      decide_status({.status = StreamStatus::paused, .reason = std::string(hopeless)},
                    parts_.random.id(), parts_.clock.wall());
  const auto changed =
      co_await parts_.streams.change(window->record->owner, window->stream_id, std::move(decide));
  if (!changed) co_return pause_reading(*window);
  window->make_stale();
  ++counts_.streams_paused;
  alarm(Alarm::stream_paused, *window, hopeless);
}

void PushEngine::pause_reading(PushWindow& window) {
  ++counts_.store_failures;
  window.not_before = parts_.clock.monotonic() + read_pause;
}

}  // namespace tocsin::transmitter
