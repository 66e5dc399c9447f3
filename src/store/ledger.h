// The outbox as its operator sees it: what waits, what became of it, and the few things a person
// may do about it. Errors of every operation: store_unavailable, store_full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "delivery/push_outcome.h"
#include "loop/task.h"
#include "store/streams.h"
#include "tocsin/json.h"
#include "tocsin/result.h"
#include "tocsin/subject.h"

namespace tocsin::store {

enum class RowState : std::uint8_t { pending, delivered, rejected, expired, withdrawn };

// One SET of one stream.
struct LedgerRow {
  std::string stream_id;  // empty: the stream is gone
  std::int64_t number = 0;
  std::string jti;
  std::string event_id;  // empty: an event of the transmitter itself
  std::string type;
  RowState state = RowState::pending;
  WallTime accepted_at{};
  delivery::AttemptHistory history{};
  WallTime due_at{};      // pending: not before
  WallTime settled_at{};  // every other state: since when
  std::string note;       // escaped
};

struct LedgerQuery {
  RowState state = RowState::pending;
  std::optional<std::string> stream_id{};  // nothing: every stream
  std::optional<std::string> jti{};
  std::optional<std::string> type{};
  WallTime from = WallTime::min();  // accepted_at, both ends included
  WallTime until = WallTime::max();
  std::int64_t after = 0;  // LedgerPage::next of the page before, of the same query
  std::size_t count_max = 100;
};

// One call looks at a bounded number of rows, so a page may be short, or empty, with more to come.
struct LedgerPage {
  std::vector<LedgerRow> rows;  // in the order of acceptance, or in that of becoming terminal
  std::int64_t next = 0;        // 0: this was the last page
};

// An accepted event, as long as its payload is kept (SEC-60).
struct LedgerEvent {
  std::int64_t place = 0;  // in the order of acceptance
  std::string event_id;
  std::string iss;
  std::string type;
  WallTime accepted_at{};
};

struct EventQuery {
  WallTime from = WallTime::min();  // accepted_at, both ends included
  WallTime until = WallTime::max();
  std::optional<std::string> event_id{};
  std::optional<std::string> type{};
  std::optional<Subject> subject{};  // events that match it (SSF 8.1.3.1)
  std::int64_t after = 0;            // EventPage::next of the page before, of the same query
  std::size_t count_max = 100;
};

// As LedgerPage.
struct EventPage {
  std::vector<LedgerEvent> events;  // in the order of acceptance
  std::int64_t next = 0;            // 0: this was the last page
};

// One SET with all that is kept about it.
struct LedgerDetail {
  LedgerRow row;
  std::string iss;
  std::string txn;
  Json subject;
  Json event;  // the members of its type
};

// Who does something, and from where.
struct Actor {
  std::string who;
  std::string from;  // the peer's address
};

// What was done, or was not (SEC-61). Records are never changed or removed.
struct AuditRecord {
  std::int64_t number = 0;
  WallTime at{};
  Actor actor;
  std::string action;  // "delivery.retry"
  std::string target;  // what it was done to
  std::string result;  // "done", or why not
  std::string detail;  // escaped
};

struct AuditQuery {
  WallTime from = WallTime::min();
  WallTime until = WallTime::max();
  std::int64_t after = 0;  // the number of the last record of the page before
  std::size_t count_max = 100;
};

// What is done leaves its audit record in the same transaction: neither is without the other.
class Ledger {
 public:
  virtual ~Ledger() = default;

  virtual Task<Result<LedgerPage>> rows(LedgerQuery query) = 0;

  // Nothing: there is no such SET, or it became terminal too long ago to be found.
  virtual Task<Result<std::optional<LedgerDetail>>> find(std::string stream_id,
                                                         std::int64_t number) = 0;

  // Rejected SETs are pending again, with no history; what waits for its next attempt is due now.
  // For each number whether it was one of these.
  virtual Task<Result<std::vector<bool>>> retry(Actor actor, std::string stream_id,
                                                std::vector<std::int64_t> numbers) = 0;

  // What is pending becomes withdrawn, for this reason. For each number whether it was pending.
  virtual Task<Result<std::vector<bool>>> drop(Actor actor, std::string stream_id,
                                               std::vector<std::int64_t> numbers,
                                               std::string reason) = 0;

  virtual Task<Result<EventPage>> events(EventQuery query) = 0;

  // Owes the stream those of the events, given by place, that it would get if they came now: as new
  // SETs, in that order. How many these are. `dry_run`: only counts, and leaves no record.
  // stream_unknown, which is recorded, too.
  virtual Task<Result<std::size_t>> replay(Actor actor, std::string stream_id,
                                           std::vector<std::int64_t> places, bool dry_run) = 0;

  // In the order in which they were written.
  virtual Task<Result<std::vector<AuditRecord>>> audit(AuditQuery query) = 0;
};

inline constexpr std::size_t ledger_scan_max = 20'000;  // rows one call looks at

}  // namespace tocsin::store
