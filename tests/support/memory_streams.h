// The ledger of a transmitter in memory, for tests of what uses it: streams, subjects and SETs that
// wait. One thread; forgets nothing until it ends. Matching by subject is not its business: what
// was added and removed is only remembered.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/outbox.h"
#include "store/streams.h"
#include "store/subjects.h"

namespace tocsin::test {

class MemoryStreams final : public store::Streams, public store::Subjects, public store::Outbox {
 public:
  using Task = store::Task<Result<void>>;

  struct SubjectCall {
    std::string what;  // "add" or "remove"
    std::string stream_id;
    Subject subject;
    bool verified = true;
  };

  std::optional<Errc> fail_with{};  // every operation
  std::vector<store::Signed> kept{};
  std::vector<SubjectCall> subject_calls{};
  std::multiset<store::WallTime> removals{};  // when each takes effect, until it did
  std::vector<store::Settled> settled{};
  std::size_t commits = 0;  // changes of a stream

  // What the transmitter holds, past the port.
  store::StreamRecord& record(const std::string& stream_id) {
    return streams_.at(stream_id).record;
  }
  std::vector<store::PendingSet> waiting(const std::string& stream_id) {
    return streams_.at(stream_id).waiting;
  }
  void add_event(const std::string& stream_id, Event event, std::string jti,
                 Subject subject = email_subject("a@example.com")) {
    Entry& entry = streams_.at(stream_id);
    push_back(entry, std::move(jti), {}, std::move(subject), std::move(event), false);
    notify(stream_id, Change::more);
  }

  // Streams.
  Task create(store::StreamRecord record, std::size_t streams_max) override {
    if (fail_with) co_return *fail_with;
    const auto owned = std::ranges::count_if(
        streams_, [&](const auto& entry) { return entry.second.record.owner == record.owner; });
    if (static_cast<std::size_t>(owned) >= streams_max) co_return Errc::stream_limit;
    std::string id = record.config.stream_id;
    order_.push_back(id);
    streams_[id].record = std::move(record);
    ++commits;
    co_return Result<void>();
  }

  store::Task<Result<store::StreamRecord>> read(store::StreamOwner owner,
                                                std::string stream_id) override {
    if (fail_with) co_return *fail_with;
    const Entry* entry = find(owner, stream_id);
    if (entry == nullptr) co_return Errc::stream_unknown;
    co_return entry->record;
  }

  store::Task<Result<std::vector<store::StreamRecord>>> list(store::StreamOwner owner) override {
    if (fail_with) co_return *fail_with;
    std::vector<store::StreamRecord> found;
    for (const std::string& id : order_) {
      if (const Entry* entry = find(owner, id)) found.push_back(entry->record);
    }
    co_return found;
  }

  store::Task<Result<store::StreamRecord>> change(store::StreamOwner owner, std::string stream_id,
                                                  store::StreamDecision decide) override {
    if (fail_with) co_return *fail_with;
    Entry* entry = find(owner, stream_id);
    if (entry == nullptr) co_return Errc::stream_unknown;
    Result<store::StreamChange> change = decide(entry->record);
    if (!change) co_return std::move(change).error();
    entry->record = change->record;
    if (change->drop_pending) entry->waiting.clear();
    for (store::StreamEvent& event : change->events) {
      push_back(*entry, event.jti, std::chrono::floor<std::chrono::seconds>(event.at),
                opaque_subject(stream_id), std::move(event.event), event.announces_status);
    }
    ++commits;
    store::StreamRecord after = entry->record;
    notify(stream_id, Change::other);
    co_return after;
  }

  Task remove(store::StreamOwner owner, std::string stream_id) override {
    if (fail_with) co_return *fail_with;
    if (find(owner, stream_id) == nullptr) co_return Errc::stream_unknown;
    streams_.erase(stream_id);
    std::erase(order_, stream_id);
    notify(stream_id, Change::other);
    co_return Result<void>();
  }

  store::Task<Result<std::vector<store::StreamRecord>>> overdue(store::WallTime now,
                                                                std::size_t count_max) override {
    if (fail_with) co_return *fail_with;
    std::vector<store::StreamRecord> found;
    for (const auto& [id, entry] : streams_) {
      const store::StreamRecord& record = entry.record;
      const auto timeout = record.config.inactivity_timeout;
      const bool is_silent = timeout && record.status == StreamStatus::enabled && !record.pending &&
                             record.active_at + *timeout <= now;
      const bool is_due = record.pending && record.pending->deadline <= now;
      if ((is_silent || is_due) && found.size() < count_max) found.push_back(record);
    }
    co_return found;
  }

  // Subjects.
  Task add(store::StreamOwner owner, std::string stream_id, Subject subject, bool verified,
           store::WallTime /*at*/, std::size_t subjects_max) override {
    if (fail_with) co_return *fail_with;
    if (find(owner, stream_id) == nullptr) co_return Errc::stream_unknown;
    if (subject_calls.size() >= subjects_max) co_return Errc::subject_limit;
    subject_calls.push_back({"add", std::move(stream_id), std::move(subject), verified});
    co_return Result<void>();
  }

  Task remove(store::StreamOwner owner, std::string stream_id, Subject subject, store::WallTime at,
              std::size_t /*subjects_max*/) override {
    if (fail_with) co_return *fail_with;
    if (find(owner, stream_id) == nullptr) co_return Errc::stream_unknown;
    removals.insert(at);
    subject_calls.push_back({"remove", std::move(stream_id), std::move(subject)});
    co_return Result<void>();
  }

  store::Task<Result<std::size_t>> finish_removals(store::WallTime now,
                                                   std::size_t count_max) override {
    if (fail_with) co_return *fail_with;
    std::size_t finished = 0;
    while (finished < count_max && !removals.empty() && *removals.begin() <= now) {
      removals.erase(removals.begin());
      ++finished;
    }
    co_return finished;
  }

  // Outbox.
  store::Task<Result<std::vector<store::Receipt>>> accept(
      std::vector<store::NewEvent> events) override {
    if (fail_with) co_return *fail_with;
    std::vector<store::Receipt> receipts;
    for (store::NewEvent& event : events) {
      store::Receipt receipt{.event_id = event.event_id};
      for (auto& [id, entry] : streams_) {
        if (entry.record.owner.iss != event.iss) continue;
        if (entry.record.status == StreamStatus::disabled) continue;
        if (!is_delivered(entry.record.config, type_of(event.event))) continue;
        push_back(entry, event.event_id + "-" + id, {}, event.subject, event.event, false);
        ++receipt.streams;
        notify(id, Change::more);
      }
      receipts.push_back(std::move(receipt));
    }
    co_return receipts;
  }

  store::Task<Result<std::vector<store::PendingSet>>> pending(std::string stream_id,
                                                              std::int64_t after,
                                                              std::size_t count_max) override {
    if (fail_with) co_return *fail_with;
    const auto found = streams_.find(stream_id);
    if (found == streams_.end()) co_return Errc::stream_unknown;
    co_return select(found->second, after, count_max);
  }

  Task keep(std::vector<store::Signed> sets) override {
    if (fail_with) co_return *fail_with;
    for (const store::Signed& set : sets) {
      const auto found = streams_.find(set.stream_id);
      if (found == streams_.end()) continue;
      for (store::PendingSet& row : found->second.waiting) {
        if (row.number != set.number) continue;
        row.compact = set.compact;
        row.kid = set.kid;
      }
    }
    std::ranges::move(sets, std::back_inserter(kept));
    co_return Result<void>();
  }

  Task settle(std::vector<store::Settled> outcomes) override {
    if (fail_with) co_return *fail_with;
    for (store::Settled& outcome : outcomes) {
      const auto found = streams_.find(outcome.stream_id);
      if (found == streams_.end()) continue;
      if (outcome.state < store::Settled::State::retry) end(found->second, outcome.number);
      settled.push_back(std::move(outcome));
    }
    co_return Result<void>();
  }

  store::Task<Result<std::vector<store::StreamRecord>>> push_streams(
      std::string /*after*/, std::size_t /*count_max*/) override {
    co_return Errc::store_unavailable;
  }
  store::Task<Result<store::StreamRecord>> push_stream(std::string /*stream_id*/) override {
    co_return Errc::store_unavailable;
  }

  store::Task<Result<store::PollSelection>> poll(store::StreamOwner owner, std::string stream_id,
                                                 store::PollRequest request,
                                                 store::WallTime now) override {
    if (fail_with) co_return *fail_with;
    Entry* entry = find(owner, stream_id);
    if (entry == nullptr) co_return Errc::stream_unknown;
    entry->record.active_at = now;
    for (const std::string& jti : request.ack) end(*entry, number_of(*entry, jti));
    for (const auto& error : request.set_errs) refuse(*entry, error.jti, now);
    store::PollSelection selection;
    selection.sets = select(*entry, 0, entry->waiting.size());
    std::erase_if(selection.sets, [&](const auto& set) { return set.wait(now).count() > 0; });
    selection.more_available = selection.sets.size() > request.events_max;
    if (selection.more_available) selection.sets.resize(request.events_max);
    co_return selection;
  }

  void listen(Listener listener) override { listeners_.push_back(std::move(listener)); }

 private:
  struct Entry {
    store::StreamRecord record;
    std::vector<store::PendingSet> waiting;
    std::int64_t next = 1;
  };

  Entry* find(const store::StreamOwner& owner, const std::string& stream_id) {
    const auto found = streams_.find(stream_id);
    const bool is_its = found != streams_.end() && found->second.record.owner == owner;
    return is_its ? &found->second : nullptr;
  }

  static void push_back(Entry& entry, std::string jti, std::chrono::sys_seconds iat,
                        Subject subject, Event event, bool announces_status) {
    store::PendingSet set;
    set.stream_id = entry.record.config.stream_id;
    set.number = entry.next++;
    set.jti = std::move(jti);
    set.iat = iat;
    set.txn = "txn-" + set.jti;
    set.subject = std::move(subject);
    set.event = std::move(event);
    set.announces_status = announces_status;
    entry.waiting.push_back(std::move(set));
  }

  static std::int64_t number_of(const Entry& entry, const std::string& jti) {
    const auto found = std::ranges::find(entry.waiting, jti, &store::PendingSet::jti);
    return found == entry.waiting.end() ? 0 : found->number;
  }

  // A row is terminal; if it announced a status, that takes effect.
  static void end(Entry& entry, std::int64_t number) {
    const auto found = std::ranges::find(entry.waiting, number, &store::PendingSet::number);
    if (found == entry.waiting.end()) return;
    const bool announced = found->announces_status;
    entry.waiting.erase(found);
    if (!announced || !entry.record.pending) return;
    entry.record.status = entry.record.pending->status;
    entry.record.reason = entry.record.pending->reason;
    entry.record.pending.reset();
    if (entry.record.status == StreamStatus::disabled) entry.waiting.clear();
  }

  static void refuse(Entry& entry, const std::string& jti, store::WallTime now) {
    const auto found = std::ranges::find(entry.waiting, jti, &store::PendingSet::jti);
    if (found == entry.waiting.end()) return;
    if (++found->history.refusals == delivery::refusals_max) {
      entry.waiting.erase(found);
    } else {
      found->delay = std::chrono::seconds(1);
      found->due_at = now + found->delay;
    }
  }

  static std::vector<store::PendingSet> select(const Entry& entry, std::int64_t after,
                                               std::size_t count_max) {
    std::vector<store::PendingSet> sets;
    std::ranges::copy_if(entry.waiting, std::back_inserter(sets),
                         &store::PendingSet::announces_status);
    const bool is_held = entry.record.status == StreamStatus::paused || entry.record.pending;
    std::ranges::copy_if(entry.waiting, std::back_inserter(sets), [&](const auto& set) {
      return !set.announces_status && set.number > after && !is_held;
    });
    if (sets.size() > count_max) sets.resize(count_max);
    return sets;
  }

  void notify(const std::string& stream_id, Change change) {
    for (const Listener& listener : listeners_) listener(stream_id, change);
  }

  std::map<std::string, Entry> streams_;
  std::vector<std::string> order_;
  std::vector<Listener> listeners_;
};

}  // namespace tocsin::test
