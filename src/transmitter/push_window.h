// What the push engine knows of one stream it works on: the record as it was last read, the SETs
// loaded, and what has to be done next. A stream with nothing pending has none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "delivery/push_plan.h"
#include "store/outbox.h"
#include "transmitter/push_runner.h"

namespace tocsin::transmitter {

struct PushWindow {
  PushWindow(std::string id, const delivery::PushPlan::Limits& limits)
      : stream_id(std::move(id)), plan(limits) {}

  struct Kept {
    std::shared_ptr<const store::PendingSet> set;
    std::string compact;  // empty until it may go
  };

  // Ordinary SETs go while the stream is enabled; while another status waits the plan lets only
  // what announces it pass.
  bool may_send() const noexcept {
    return record != nullptr && !is_stale && record->status == StreamStatus::enabled;
  }

  // Nothing read before is still true.
  void make_stale() {
    is_stale = true;
    ++changes;
  }

  // The `iat` of the first SET that is owed, as far as it is known.
  std::optional<std::chrono::sys_seconds> oldest() const {
    const auto first = plan.first_live();
    return first ? sets.at(*first).set->iat : oldest_forgotten;
  }

  bool is_done() const noexcept {
    return !is_stale && !has_more && plan.size() == 0 && unsettled == 0;
  }

  // When a retry is due. What this process has seen of it keeps its time, whatever becomes of the
  // wall clock; only what it finds in the ledger is told by that (REL-21).
  delivery::Moment due_of(const store::PendingSet& set, const Clock& clock) {
    const auto known = dues.find(set.number);
    if (known != dues.end() && known->second.due_at == set.due_at) return known->second.moment;
    const auto wait = set.wait(clock.wall());
    const delivery::Moment moment = clock.monotonic() + wait;
    if (wait.count() > 0) dues[set.number] = {set.due_at, moment};
    return moment;
  }
  void forget_past(delivery::Moment now) {
    std::erase_if(dues, [now](const auto& each) { return each.second.moment <= now; });
  }

  // Rows that nothing is known about but what the ledger says are forgotten: it shows them again.
  void forget_waiting() {
    oldest_forgotten = oldest();
    plan.forget_waiting();
    std::erase_if(sets, [this](const auto& each) { return !plan.is_known(each.first); });
    has_more = true;
    ++beginnings;
  }

  // A SET whose verdict is durable. While rows are being read the plan must still know it, or what
  // was read before the verdict would bring it back.
  void forget_settled(std::int64_t number) {
    sets.erase(number);
    if (is_loading) {
      settled_meanwhile.push_back(number);
    } else {
      plan.settled(number);
    }
  }

  void end_loading() {
    is_loading = false;
    for (const std::int64_t number : std::exchange(settled_meanwhile, {})) plan.settled(number);
  }

  struct Due {
    store::WallTime due_at;
    delivery::Moment moment;
  };

  const std::string stream_id;
  std::shared_ptr<const store::StreamRecord> record;  // none: not read yet, or gone
  std::optional<PushTarget> target;                   // none: the record's URL is no URL
  delivery::PushPlan plan;
  std::unordered_map<std::int64_t, Kept> sets;
  std::unordered_map<std::int64_t, Due> dues;  // of retries that are not due yet
  std::unordered_set<std::int64_t> signing;    // asked for: nobody signs a SET twice
  std::vector<std::int64_t> to_sign;           // signing failed for a reason that may pass

  std::uint64_t changes = 0;
  std::uint64_t beginnings = 0;  // what waited was forgotten, and is read from the first again
  bool is_stale = true;          // the record, and what waits, must be read anew
  bool has_more = true;          // the ledger may have rows behind the last one loaded
  bool is_gone = false;          // deleted, or no push stream any more
  bool is_turning = false;       // a coroutine reads for it
  bool is_in_line = false;       // for a place in the budget
  bool is_loading = false;
  std::size_t unsettled = 0;  // verdicts the ledger does not have yet
  std::vector<std::int64_t> settled_meanwhile;
  std::optional<delivery::Moment> not_before;  // the store, or signing, failed
  std::optional<delivery::Moment> due;         // as the engine's timer knows it
  std::optional<std::chrono::sys_seconds> oldest_forgotten;
};

}  // namespace tocsin::transmitter
