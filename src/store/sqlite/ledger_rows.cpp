#include "store/sqlite/ledger_rows.h"

#include <optional>
#include <utility>

#include "base/try.h"
#include "store/sqlite/event_text.h"
#include "store/sqlite/outbox_rows.h"

namespace tocsin::store::sqlite {
namespace {

struct LedgerStream {
  RowStream stream;
  DefaultSubjects defaults = DefaultSubjects::ALL;
  StreamStatus status = StreamStatus::enabled;
};

Result<std::optional<LedgerStream>> find(Work& work, const std::string& stream_id) {
  Query row = work.database.query(
      "SELECT id, polled, default_subjects, status FROM stream WHERE stream_id = ?1", stream_id);
  TOCSIN_TRY(const bool found, row.next());
  if (!found) return std::optional<LedgerStream>();
  return std::optional<LedgerStream>(LedgerStream{
      .stream = {.id = row.integer(0), .stream_id = stream_id, .polled = row.integer(1) != 0},
      .defaults = static_cast<DefaultSubjects>(row.integer(2)),
      .status = static_cast<StreamStatus>(row.integer(3))});
}

// Pending rows are paged by event: a page ends with all rows of its last event, however many
// streams it went to, so that none is skipped.
constexpr const char* pending_rows =
    "SELECT s.stream_id, p.number, p.jti, e.event_id, e.type, e.accepted_at, p.failures, "
    "p.refusals, p.due_at, 0, '', p.event FROM pending p JOIN event e ON e.id = p.event "
    "LEFT JOIN stream s ON s.id = p.stream "
    "WHERE p.event > ?1 AND (?2 IS NULL OR s.stream_id = ?2) "
    "AND e.accepted_at BETWEEN ?3 AND ?4 ORDER BY p.event, p.stream";

constexpr const char* settled_rows =
    "SELECT s.stream_id, d.number, d.jti, e.event_id, e.type, e.accepted_at, d.failures, "
    "d.refusals, 0, d.settled_at, d.note, d.id FROM settled d JOIN event e ON e.id = d.event "
    "LEFT JOIN stream s ON s.id = d.stream "
    "WHERE d.id > ?1 AND (?2 IS NULL OR s.stream_id = ?2) "
    "AND e.accepted_at BETWEEN ?3 AND ?4 AND d.state = ?5 ORDER BY d.id";

LedgerRow read_row(const Query& row, RowState state) {
  return {.stream_id = row.text(0),
          .number = row.integer(1),
          .jti = row.text(2),
          .event_id = row.text(3),
          .type = row.text(4),
          .state = state,
          .accepted_at = wall_time(row.integer(5)),
          .history = {.failures = static_cast<unsigned>(row.integer(6)),
                      .refusals = static_cast<unsigned>(row.integer(7))},
          .due_at = wall_time(row.integer(8)),
          .settled_at = wall_time(row.integer(9)),
          .note = row.text(10)};
}

Result<LedgerPage> read_page(Query rows, const LedgerQuery& query) {
  LedgerPage page;
  std::int64_t last = 0;
  while (true) {
    TOCSIN_TRY(const bool row, rows.next());
    if (!row) return page;
    const std::int64_t place = rows.integer(11);
    if (page.rows.size() >= query.count_max && place != last) {
      page.next = last;
      return page;
    }
    page.rows.push_back(read_row(rows, query.state));
    last = place;
  }
}

struct OldEvent {
  Subject subject;
  StoredEvent stored;
};

// The event, if the stream may have its type and is of its issuer.
Result<std::optional<OldEvent>> read_event_for(Work& work, const LedgerStream& stream,
                                               std::int64_t place) {
  Query row = work.database.query(
      "SELECT e.subject, length(CAST(e.subject AS BLOB)) + length(CAST(e.payload AS BLOB)) "
      "FROM event e JOIN stream_type t ON t.iss = e.iss AND t.type = e.type AND t.stream = ?2 "
      "AND t.default_subjects = ?3 WHERE e.id = ?1 AND e.event_id <> ''",
      place, stream.stream.id, static_cast<int>(stream.defaults));
  TOCSIN_TRY(const bool found, row.next());
  if (!found) return std::optional<OldEvent>();
  TOCSIN_TRY(Subject subject, read_subject_text(row.view(0)));
  return std::optional<OldEvent>(
      OldEvent{std::move(subject), {.id = place, .octets = row.integer(1)}});
}

}  // namespace

Result<LedgerPage> list_rows(Work& work, const LedgerQuery& query) {
  Database& database = work.database;
  const std::int64_t from = milliseconds(query.from);
  const std::int64_t until = milliseconds(query.until);
  if (query.state == RowState::pending) {
    return read_page(database.query(pending_rows, query.after, query.stream_id, from, until),
                     query);
  }
  const int state = static_cast<int>(query.state) - 1;
  return read_page(database.query(settled_rows, query.after, query.stream_id, from, until, state),
                   query);
}

Result<void> retry_rows(Work& work, const std::string& stream_id,
                        const std::vector<std::int64_t>& numbers) {
  TOCSIN_TRY(const auto stream, find(work, stream_id));
  if (!stream) return {};
  for (const std::int64_t number : numbers) {
    TOCSIN_CHECK(
        work.database.run("UPDATE pending SET due_at = 0 WHERE stream = ?1 AND number = ?2",
                          stream->stream.id, number));
  }
  work.changed(stream_id, Outbox::Change::other);
  return requeue(work, stream_id, numbers);
}

Result<void> drop_rows(Work& work, const std::string& stream_id,
                       const std::vector<std::int64_t>& numbers, const std::string& note) {
  TOCSIN_TRY(const auto stream, find(work, stream_id));
  if (!stream) return {};
  for (const std::int64_t number : numbers) {
    TOCSIN_CHECK(settle_row(work, {stream->stream.id, number}, SettledState::withdrawn, {}, note));
  }
  work.changed(stream_id, Outbox::Change::other);
  return {};
}

Result<std::vector<LedgerEvent>> list_events(Work& work, WallTime from, WallTime until,
                                             std::int64_t after, std::size_t count_max) {
  std::vector<LedgerEvent> events;
  Query rows = work.database.query(
      "SELECT id, event_id, iss, type, accepted_at FROM event WHERE id > ?1 "
      "AND accepted_at BETWEEN ?2 AND ?3 AND event_id <> '' ORDER BY id LIMIT ?4",
      after, milliseconds(from), milliseconds(until), static_cast<std::int64_t>(count_max));
  while (true) {
    TOCSIN_TRY(const bool row, rows.next());
    if (!row) return events;
    events.push_back({.place = rows.integer(0),
                      .event_id = rows.text(1),
                      .iss = rows.text(2),
                      .type = rows.text(3),
                      .accepted_at = wall_time(rows.integer(4))});
  }
}

Result<std::size_t> replay_events(Work& work, const std::string& stream_id,
                                  const std::vector<std::int64_t>& places) {
  TOCSIN_TRY(const auto stream, find(work, stream_id));
  if (!stream) return Error(Errc::stream_unknown);
  std::size_t replayed = 0;
  if (stream->status == StreamStatus::disabled) return replayed;
  for (const std::int64_t place : places) {
    TOCSIN_TRY(const auto event, read_event_for(work, *stream, place));
    if (!event) continue;
    TOCSIN_TRY(const bool wanted,
               is_wanted(work, stream->stream.id, stream->defaults, event->subject, INT64_MAX));
    if (!wanted) continue;
    TOCSIN_CHECK(add_pending(work, stream->stream, event->stored, work.random.id(), false));
    ++replayed;
  }
  if (replayed > 0) work.changed(stream_id, Outbox::Change::more);
  return replayed;
}

}  // namespace tocsin::store::sqlite
