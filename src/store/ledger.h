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
#include "tocsin/result.h"

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
  WallTime from = WallTime::min();         // accepted_at, both ends included
  WallTime until = WallTime::max();
  std::int64_t after = 0;  // LedgerPage::next of the page before
  std::size_t count_max = 100;
};

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

class Ledger {
 public:
  virtual ~Ledger() = default;

  virtual Task<Result<LedgerPage>> rows(LedgerQuery query) = 0;

  // Rejected SETs are pending again, with no history; what waits for its next attempt is due now.
  virtual Task<Result<void>> retry(std::string stream_id, std::vector<std::int64_t> numbers) = 0;

  // What is pending becomes withdrawn. `note`: who wanted it and why.
  virtual Task<Result<void>> drop(std::string stream_id, std::vector<std::int64_t> numbers,
                                  std::string note) = 0;

  // Accepted from `from` until `until`, behind the place `after`.
  virtual Task<Result<std::vector<LedgerEvent>>> events(WallTime from, WallTime until,
                                                        std::int64_t after,
                                                        std::size_t count_max) = 0;

  // Owes the stream those of the events, given by place, that it would get if they came now: as new
  // SETs, in that order. How many these were. stream_unknown.
  virtual Task<Result<std::size_t>> replay(std::string stream_id,
                                           std::vector<std::int64_t> places) = 0;
};

}  // namespace tocsin::store
