// A ledger in memory: what the ports promise, without durability, matching or polls. Every
// operation takes a turn of the loop, and fails while the test says the store is down.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "loop/gate.h"
#include "loop/timers.h"
#include "store/outbox.h"

namespace tocsin::test {

class FakeLedger final : public store::Outbox, public store::Streams {
 public:
  enum class State : std::uint8_t { pending, delivered, rejected, expired, withdrawn };
  struct Row {
    store::PendingSet set;
    State state = State::pending;
    std::string note{};
  };
  using Rows = std::map<std::int64_t, Row>;

  bool is_down = false;
  loop::Timers* timers = nullptr;            // if set, settle() takes as long as a commit
  std::chrono::milliseconds reading_time{};  // of pending(), if `timers` is set
  std::map<std::string, store::StreamRecord> records;
  std::map<std::string, Rows> rows;
  std::vector<store::NewEvent> accepted;  // events handed in
  std::size_t settle_calls = 0;

  // Makes a SET pending, as accept() does.
  std::int64_t put(const std::string& stream_id, Subject subject, Event event = {}) {
    const std::int64_t number = ++last_;
    store::PendingSet set;
    set.stream_id = stream_id;
    set.number = number;
    set.jti = "jti-" + std::to_string(number);
    set.subject = std::move(subject);
    set.event = std::move(event);
    rows[stream_id][number].set = std::move(set);
    tell(stream_id, Change::more);
    return number;
  }

  std::size_t count(const std::string& stream_id, State state) const {
    const auto found = rows.find(stream_id);
    if (found == rows.end()) return 0;
    return static_cast<std::size_t>(std::ranges::count_if(
        found->second, [state](const auto& each) { return each.second.state == state; }));
  }

  void tell(const std::string& stream_id, Change change) {
    for (const Listener& listener : listeners_) listener(stream_id, change);
  }

  void withdraw(const std::string& stream_id, std::int64_t number) {
    rows[stream_id][number].state = State::withdrawn;
    tell(stream_id, Change::other);
  }

  // Outbox

  store::Task<Result<std::vector<store::Receipt>>> accept(
      std::vector<store::NewEvent> events) override {
    co_await turn();
    if (is_down) co_return Errc::store_unavailable;
    std::vector<store::Receipt> receipts;
    for (store::NewEvent& event : events) {
      store::Receipt receipt{.event_id = event.event_id, .repeated = false, .streams = 0};
      if (event.producer_key) {
        const auto key = std::pair(event.producer, *event.producer_key);
        const auto [known, is_new] = keys_.emplace(key, event.event_id);
        receipt.event_id = known->second;
        receipt.repeated = !is_new;
      }
      if (!receipt.repeated) {
        for (const auto& [stream_id, record] : records) {
          if (record.owner.iss != event.iss) continue;
          put(stream_id, event.subject, event.event);
          ++receipt.streams;
        }
        accepted.push_back(std::move(event));
      }
      receipts.push_back(std::move(receipt));
    }
    co_return receipts;
  }

  store::Task<Result<std::vector<store::PendingSet>>> pending(std::string stream_id,
                                                              std::int64_t after,
                                                              std::size_t count_max) override {
    std::vector<store::PendingSet> sets;
    const bool is_known = records.contains(stream_id);
    if (is_known) collect(stream_id, after, count_max, sets);
    co_await turn();
    if (timers != nullptr) co_await timers->sleep(reading_time);
    if (is_down) co_return Errc::store_unavailable;
    if (!is_known) co_return Errc::stream_unknown;
    co_return sets;
  }

  store::Task<Result<void>> keep(std::vector<store::Signed> sets) override {
    co_await turn();
    if (is_down) co_return Errc::store_unavailable;
    for (store::Signed& set : sets) {
      Row& row = rows[set.stream_id][set.number];
      row.set.compact = std::move(set.compact);
      row.set.kid = std::move(set.kid);
    }
    co_return Result<void>();
  }

  store::Task<Result<void>> settle(std::vector<store::Settled> outcomes) override {
    co_await turn();
    if (timers != nullptr) co_await timers->sleep(std::chrono::milliseconds(3));
    if (is_down) co_return Errc::store_unavailable;
    ++settle_calls;
    for (const store::Settled& outcome : outcomes) {
      const auto found = rows[outcome.stream_id].find(outcome.number);
      if (outcome.trouble) records[outcome.stream_id].trouble = *outcome.trouble;
      if (found == rows[outcome.stream_id].end()) continue;
      Row& row = found->second;
      if (outcome.state == store::Settled::State::requeue) {
        put_back(outcome.stream_id, row);
        continue;
      }
      if (row.state != State::pending) continue;
      row.set.history = outcome.history;
      row.note = outcome.note;
      using Outcome = store::Settled::State;
      switch (outcome.state) {
        case Outcome::delivered:
          row.state = State::delivered;
          if (row.set.announces_status) put_in_effect(outcome.stream_id);
          break;
        case Outcome::rejected:
          row.state = State::rejected;
          break;
        case Outcome::expired:
          row.state = State::expired;
          break;
        case Outcome::withdrawn:
          row.state = State::withdrawn;
          break;
        case Outcome::retry:
          row.set.due_at = outcome.due_at;
          row.set.delay = outcome.delay;
          break;
        case Outcome::requeue:
          break;
      }
    }
    co_return Result<void>();
  }

  store::Task<Result<std::vector<store::StreamRecord>>> push_streams(
      std::string after, std::size_t count_max) override {
    co_await turn();
    if (is_down) co_return Errc::store_unavailable;
    std::vector<store::StreamRecord> found;
    for (auto each = records.upper_bound(after); each != records.end(); ++each) {
      if (found.size() >= count_max) break;
      if (is_push(each->second) && count(each->first, State::pending) > 0) {
        found.push_back(each->second);
      }
    }
    co_return found;
  }

  store::Task<Result<store::StreamRecord>> push_stream(std::string stream_id) override {
    const auto found = records.find(stream_id);
    Result<store::StreamRecord> answer = Errc::stream_unknown;
    if (found != records.end() && is_push(found->second)) answer = found->second;
    co_await turn();
    if (is_down) co_return Errc::store_unavailable;
    co_return answer;
  }

  store::Task<Result<store::PollSelection>> poll(store::StreamOwner, std::string,
                                                 store::PollRequest, store::WallTime) override {
    co_return Errc::store_unavailable;
  }

  void listen(Listener listener) override { listeners_.push_back(std::move(listener)); }

  // Streams

  store::Task<Result<void>> create(store::StreamRecord record, std::size_t) override {
    co_await turn();
    records[record.config.stream_id] = record;
    co_return Result<void>();
  }

  store::Task<Result<store::StreamRecord>> read(store::StreamOwner owner,
                                                std::string stream_id) override {
    co_await turn();
    const auto found = records.find(stream_id);
    if (found == records.end() || found->second.owner != owner) co_return Errc::stream_unknown;
    co_return found->second;
  }

  store::Task<Result<std::vector<store::StreamRecord>>> list(store::StreamOwner owner) override {
    co_await turn();
    std::vector<store::StreamRecord> found;
    for (const auto& [stream_id, record] : records) {
      if (record.owner == owner) found.push_back(record);
    }
    co_return found;
  }

  store::Task<Result<store::StreamRecord>> change(store::StreamOwner owner, std::string stream_id,
                                                  store::StreamDecision decide) override {
    co_await turn();
    if (is_down) co_return Errc::store_unavailable;
    const auto found = records.find(stream_id);
    if (found == records.end() || found->second.owner != owner) co_return Errc::stream_unknown;
    Result<store::StreamChange> change = decide(found->second);
    if (!change) co_return change.error();
    found->second = change->record;
    if (found->second.status != StreamStatus::enabled) found->second.trouble = {};
    for (const store::StreamEvent& event : change->events) add_event(stream_id, event);
    if (change->drop_pending) {
      for (auto& [number, row] : rows[stream_id]) {
        if (row.state == State::pending) row.state = State::withdrawn;
      }
    }
    tell(stream_id, Change::other);
    co_return found->second;
  }

  store::Task<Result<void>> remove(store::StreamOwner, std::string stream_id) override {
    co_await turn();
    records.erase(stream_id);
    rows.erase(stream_id);
    tell(stream_id, Change::other);
    co_return Result<void>();
  }

  store::Task<Result<std::vector<store::StreamRecord>>> overdue(store::WallTime,
                                                                std::size_t) override {
    co_return std::vector<store::StreamRecord>();
  }

 private:
  static store::Task<void> turn() {
    std::function<void(loop::Resume)> keep = [](const loop::Resume& resume) { resume(); };
    co_await loop::suspend(std::move(keep));
  }

  static bool is_push(const store::StreamRecord& record) {
    return record.config.delivery.method == DeliveryMethod::push;
  }

  void add_event(const std::string& stream_id, const store::StreamEvent& event) {
    store::PendingSet set;
    set.stream_id = stream_id;
    set.number = ++last_;
    set.jti = event.jti;
    set.subject = opaque_subject(stream_id);
    set.event = event.event;
    set.announces_status = event.announces_status;
    rows[stream_id][set.number].set = set;
  }

  void put_back(const std::string& stream_id, Row& row) {
    if (row.state != State::rejected) return;
    row.state = State::pending;
    row.set.history = {};
    row.set.due_at = {};
    tell(stream_id, Change::other);
  }

  void put_in_effect(const std::string& stream_id) {
    store::StreamRecord& record = records.at(stream_id);
    if (!record.pending) return;
    record.status = record.pending->status;
    record.reason = record.pending->reason;
    record.pending.reset();
    if (record.status != StreamStatus::enabled) record.trouble = {};
    tell(stream_id, Change::other);
  }

  void collect(const std::string& stream_id, std::int64_t after, std::size_t count_max,
               std::vector<store::PendingSet>& sets) {
    const store::StreamRecord& record = records.at(stream_id);
    const bool is_held_back = record.status != StreamStatus::enabled || record.pending;
    for (const bool announcing : {true, false}) {
      for (const auto& [number, row] : rows[stream_id]) {
        if (row.state != State::pending || row.set.announces_status != announcing) continue;
        if (!announcing && (is_held_back || number <= after)) continue;
        if (sets.size() < count_max) sets.push_back(row.set);
      }
    }
  }

  std::vector<Listener> listeners_;
  std::map<std::pair<TenantKey, std::string>, std::string> keys_;
  std::int64_t last_ = 0;
};

}  // namespace tocsin::test
