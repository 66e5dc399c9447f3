// The ledger's rows, inside a transaction: events, what waits, what is settled.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/outbox.h"
#include "store/sqlite/work.h"

namespace tocsin::store::sqlite {

// As the table keeps it.
enum class SettledState : std::uint8_t { delivered, rejected, expired, withdrawn };

struct RowKey {
  std::int64_t stream = 0;  // internal id
  std::int64_t number = 0;
};

struct EventRow {
  std::string_view event_id;  // empty: an event of the transmitter itself, on one stream
  std::string_view iss;
  std::string_view txn;
  std::optional<NumericDate> toe{};
  WallTime at{};
  const Subject& subject;
  const Event& event;
};

struct StoredEvent {
  std::int64_t id = 0;
  std::int64_t octets = 0;
};

// What a new row needs of its stream.
struct RowStream {
  std::int64_t id = 0;
  std::string stream_id;
  bool polled = false;
};

// What others wrote, as the tables keep it: one short line of printable ASCII.
std::string escaped_note(std::string_view text);

Result<StoredEvent> insert_event(Work& work, const EventRow& event);

// Gives the row its place. Past the caps of a stream its oldest SETs expire (REL-13).
Result<void> add_pending(Work& work, const RowStream& stream, const StoredEvent& event,
                         std::string_view jti, bool announces);

// Rows that wait no more, of one stream after the other: its place is told of many at once. Nothing
// may be left to tell when the transaction ends.
class Released {
 public:
  explicit Released(Work& work) : work_(work) {}
  Result<void> add(std::int64_t stream, std::int64_t octets);
  Result<void> tell();

 private:
  Work& work_;
  std::int64_t stream_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t octets_ = 0;
};

// How a row ended. The counts of `history` stand beside it.
struct Ending {
  SettledState state{};
  const delivery::AttemptHistory& history;
  std::string_view note;
};

// Makes a pending row terminal; false if it is not pending.
Result<bool> settle_row(Work& work, RowKey key, const Ending& ending, Released& released);
Result<bool> settle_row(Work& work, RowKey key, SettledState state,
                        const delivery::AttemptHistory& history, std::string_view note);

// All rows of a stream become withdrawn.
Result<void> withdraw_all(Work& work, std::int64_t stream, std::string_view note);

// The rows up to `recheck` whose subject the stream wants no more become withdrawn (REL-12), at
// most `count_max` of them looked at; what is left is looked at when it is selected.
Result<void> recheck_rows(Work& work, const RowStream& stream, std::int64_t count_max);

// Whether the stream wants an event about `subject` that has the place `number` on it.
Result<bool> is_wanted(Work& work, std::int64_t stream, DefaultSubjects defaults,
                       const Subject& subject, std::int64_t number);

// Reads in order until `count_max` rows are there, those that announce a status first. `due`: only
// rows whose time has come. One row more than asked for tells that there is more.
struct Selection {
  std::string stream_id;
  std::int64_t after = 0;
  std::size_t count_max = 0;
  WallTime due = WallTime::max();
};
struct Selected {
  std::vector<PendingSet> sets;
  bool more = false;
};
Result<Selected> select_pending(Work& work, const Selection& selection);

// The operations of the port.
Result<std::vector<Receipt>> accept(Work& work, const std::vector<NewEvent>& events);
Result<void> keep(Work& work, const std::vector<Signed>& sets);
Result<void> settle(Work& work, const std::vector<Settled>& outcomes);
Result<void> requeue(Work& work, const std::string& stream_id,
                     const std::vector<std::int64_t>& numbers);
Result<PollSelection> poll(Work& work, const StreamOwner& owner, const std::string& stream_id,
                           const PollRequest& request, WallTime now);

}  // namespace tocsin::store::sqlite
