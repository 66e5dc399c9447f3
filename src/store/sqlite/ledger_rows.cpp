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

constexpr std::string_view done = "done";

struct Deed {
  std::string_view action;
  std::string target;
  std::string_view result = done;
  std::string_view detail{};
};

Result<void> record(Work& work, const Actor& actor, const Deed& deed) {
  return work.database.run(
      "INSERT INTO audit(at, who, origin, action, target, result, detail) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      milliseconds(work.clock.wall()), actor.who, actor.from, deed.action, deed.target, deed.result,
      escaped_note(deed.detail));
}

std::string name_of(const std::string& stream_id, std::int64_t number) {
  return stream_id + "." + std::to_string(number);
}

// Rows of every stream are paged by event: a page ends with all rows of its last event, however
// many streams it went to, so that none is skipped. Column 11 is the place in the order.
constexpr const char* pending_rows =
    "SELECT s.stream_id, p.number, p.jti, e.event_id, e.type, e.accepted_at, p.failures, "
    "p.refusals, p.due_at, 0, '', p.event FROM pending p INDEXED BY pending_event "
    "JOIN event e ON e.id = p.event LEFT JOIN stream s ON s.id = p.stream "
    "WHERE p.event > ?1 ORDER BY p.event, p.stream";

constexpr const char* pending_rows_of_stream =
    "SELECT s.stream_id, p.number, p.jti, e.event_id, e.type, e.accepted_at, p.failures, "
    "p.refusals, p.due_at, 0, '', p.number FROM pending p JOIN event e ON e.id = p.event "
    "JOIN stream s ON s.id = p.stream "
    "WHERE p.stream = ?2 AND p.number > ?1 ORDER BY p.number";

constexpr const char* delivered_rows =
    "SELECT s.stream_id, d.number, d.jti, e.event_id, e.type, e.accepted_at, d.failures, "
    "d.refusals, 0, d.settled_at, d.note, d.id FROM settled d JOIN event e ON e.id = d.event "
    "LEFT JOIN stream s ON s.id = d.stream WHERE d.id > ?1 AND d.state = 0 ORDER BY d.id";

constexpr const char* undelivered_rows =
    "SELECT s.stream_id, d.number, d.jti, e.event_id, e.type, e.accepted_at, d.failures, "
    "d.refusals, 0, d.settled_at, d.note, d.id FROM settled d INDEXED BY settled_undelivered "
    "JOIN event e ON e.id = d.event LEFT JOIN stream s ON s.id = d.stream "
    "WHERE d.state <> 0 AND d.state = ?2 AND d.id > ?1 ORDER BY d.id";

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

bool fits(const Query& row, const LedgerQuery& query) {
  const WallTime at = wall_time(row.integer(5));
  return at >= query.from && at <= query.until &&
         (!query.stream_id || row.view(0) == *query.stream_id) &&
         (!query.jti || row.view(2) == *query.jti) && (!query.type || row.view(4) == *query.type);
}

Result<LedgerPage> read_page(Query rows, const LedgerQuery& query) {
  LedgerPage page;
  std::int64_t last = 0;
  for (std::size_t seen = 0;; ++seen) {
    TOCSIN_TRY(const bool row, rows.next());
    if (!row) return page;
    const std::int64_t place = rows.integer(11);
    const bool full = page.rows.size() >= query.count_max || seen >= ledger_scan_max;
    if (full && place != last) {
      page.next = last;
      return page;
    }
    last = place;
    if (fits(rows, query)) page.rows.push_back(read_row(rows, query.state));
  }
}

// Columns 11 to 14 follow those of a row.
Result<LedgerDetail> read_detail(const Query& row, RowState state) {
  TOCSIN_TRY(Json subject, parse_json(row.view(13)));
  TOCSIN_TRY(Json event, parse_json(row.view(14)));
  return LedgerDetail{.row = read_row(row, state),
                      .iss = row.text(11),
                      .txn = row.text(12),
                      .subject = std::move(subject),
                      .event = std::move(event)};
}

constexpr const char* pending_detail =
    "SELECT s.stream_id, p.number, p.jti, e.event_id, e.type, e.accepted_at, p.failures, "
    "p.refusals, p.due_at, 0, '', e.iss, e.txn, e.subject, e.payload FROM pending p "
    "JOIN event e ON e.id = p.event JOIN stream s ON s.id = p.stream "
    "WHERE p.stream = ?1 AND p.number = ?2";

constexpr const char* rejected_detail =
    "SELECT s.stream_id, d.number, d.jti, e.event_id, e.type, e.accepted_at, d.failures, "
    "d.refusals, 0, d.settled_at, d.note, e.iss, e.txn, e.subject, e.payload, d.state "
    "FROM settled d JOIN event e ON e.id = d.event JOIN stream s ON s.id = d.stream "
    "WHERE d.stream = ?1 AND d.number = ?2 AND d.state = 1";

// No index leads to these, so only the youngest are looked through.
constexpr const char* settled_detail =
    "SELECT s.stream_id, d.number, d.jti, e.event_id, e.type, e.accepted_at, d.failures, "
    "d.refusals, 0, d.settled_at, d.note, e.iss, e.txn, e.subject, e.payload, d.state "
    "FROM (SELECT * FROM settled ORDER BY id DESC LIMIT ?3) d "
    "JOIN event e ON e.id = d.event JOIN stream s ON s.id = d.stream "
    "WHERE d.stream = ?1 AND d.number = ?2";

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
  if (query.state == RowState::pending && query.stream_id) {
    TOCSIN_TRY(const auto stream, find(work, *query.stream_id));
    if (!stream) return LedgerPage{};
    return read_page(database.query(pending_rows_of_stream, query.after, stream->stream.id), query);
  }
  if (query.state == RowState::pending) {
    return read_page(database.query(pending_rows, query.after), query);
  }
  if (query.state == RowState::delivered) {
    return read_page(database.query(delivered_rows, query.after), query);
  }
  const int state = static_cast<int>(query.state) - 1;
  return read_page(database.query(undelivered_rows, query.after, state), query);
}

Result<std::optional<LedgerDetail>> find_row(Work& work, const std::string& stream_id,
                                             std::int64_t number) {
  using Found = std::optional<LedgerDetail>;
  TOCSIN_TRY(const auto stream, find(work, stream_id));
  if (!stream) return Found();
  Database& database = work.database;
  const std::int64_t id = stream->stream.id;
  {
    Query row = database.query(pending_detail, id, number);
    TOCSIN_TRY(const bool found, row.next());
    if (found) {
      TOCSIN_TRY(LedgerDetail detail, read_detail(row, RowState::pending));
      return Found(std::move(detail));
    }
  }
  const auto settled = [](Query row) -> Result<Found> {
    TOCSIN_TRY(const bool found, row.next());
    if (!found) return Found();
    TOCSIN_TRY(LedgerDetail detail, read_detail(row, static_cast<RowState>(row.integer(15) + 1)));
    return Found(std::move(detail));
  };
  TOCSIN_TRY(Found rejected, settled(database.query(rejected_detail, id, number)));
  if (rejected) return rejected;
  constexpr auto scan_max = static_cast<std::int64_t>(ledger_scan_max);
  return settled(database.query(settled_detail, id, number, scan_max));
}

Result<std::vector<bool>> retry_rows(Work& work, const Actor& actor, const std::string& stream_id,
                                     const std::vector<std::int64_t>& numbers) {
  TOCSIN_TRY(const auto stream, find(work, stream_id));
  std::vector<bool> retried;
  for (const std::int64_t number : numbers) {
    bool known = false;
    if (stream) {
      TOCSIN_CHECK(requeue_row(work, {stream->stream.id, number}, stream_id));
      TOCSIN_CHECK(
          work.database.run("UPDATE pending SET due_at = 0 WHERE stream = ?1 AND number = ?2",
                            stream->stream.id, number));
      known = work.database.changes() > 0;
    }
    TOCSIN_CHECK(record(work, actor,
                        {.action = "delivery.retry",
                         .target = name_of(stream_id, number),
                         .result = known ? done : "neither pending nor rejected"}));
    retried.push_back(known);
  }
  if (stream) work.changed(stream_id, Outbox::Change::other);
  return retried;
}

Result<std::vector<bool>> drop_rows(Work& work, const Actor& actor, const std::string& stream_id,
                                    const std::vector<std::int64_t>& numbers,
                                    const std::string& reason) {
  TOCSIN_TRY(const auto stream, find(work, stream_id));
  const std::string note = "dropped by " + actor.who + ": " + reason;
  std::vector<bool> dropped;
  for (const std::int64_t number : numbers) {
    bool known = false;
    if (stream) {
      TOCSIN_TRY(known,
                 settle_row(work, {stream->stream.id, number}, SettledState::withdrawn, {}, note));
    }
    TOCSIN_CHECK(record(work, actor,
                        {.action = "delivery.drop",
                         .target = name_of(stream_id, number),
                         .result = known ? done : "not pending",
                         .detail = reason}));
    dropped.push_back(known);
  }
  if (stream) work.changed(stream_id, Outbox::Change::other);
  return dropped;
}

Result<EventPage> list_events(Work& work, const EventQuery& query) {
  EventPage page;
  Query rows = work.database.query(
      "SELECT id, event_id, iss, type, accepted_at, subject FROM event WHERE id > ?1 ORDER BY id",
      query.after);
  std::int64_t last = 0;
  for (std::size_t seen = 0;; ++seen) {
    TOCSIN_TRY(const bool row, rows.next());
    if (!row) return page;
    if (page.events.size() >= query.count_max || seen >= ledger_scan_max) {
      page.next = last;
      return page;
    }
    last = rows.integer(0);
    const WallTime at = wall_time(rows.integer(4));
    const bool own = rows.view(1).empty();  // of the transmitter itself, about a stream
    if (own || at < query.from || at > query.until) continue;
    if (query.event_id && rows.view(1) != *query.event_id) continue;
    if (query.type && rows.view(3) != *query.type) continue;
    if (query.subject) {
      TOCSIN_TRY(const Subject subject, read_subject_text(rows.view(5)));
      if (!matches(*query.subject, subject)) continue;
    }
    page.events.push_back({.place = last,
                           .event_id = rows.text(1),
                           .iss = rows.text(2),
                           .type = rows.text(3),
                           .accepted_at = at});
  }
}

Result<std::optional<std::size_t>> replay_events(Work& work, const Actor& actor,
                                                 const Replay& replay) {
  TOCSIN_TRY(const auto stream, find(work, replay.stream_id));
  Deed deed{.action = "event.replay", .target = replay.stream_id};
  if (!stream) {
    deed.result = "there is no such stream";
    TOCSIN_CHECK(record(work, actor, deed));
    return std::optional<std::size_t>();
  }
  std::size_t replayed = 0;
  const bool takes_events = stream->status != StreamStatus::disabled;
  for (const std::int64_t place : replay.places) {
    if (!takes_events) break;
    TOCSIN_TRY(const auto event, read_event_for(work, *stream, place));
    if (!event) continue;
    TOCSIN_TRY(const bool wanted,
               is_wanted(work, stream->stream.id, stream->defaults, event->subject, INT64_MAX));
    if (!wanted) continue;
    if (!replay.dry_run) {
      TOCSIN_CHECK(add_pending(work, stream->stream, event->stored, work.random.id(), false));
    }
    ++replayed;
  }
  if (replay.dry_run) return std::optional(replayed);
  const std::string detail =
      std::to_string(replayed) + " of " + std::to_string(replay.places.size()) + " events";
  deed.detail = detail;
  TOCSIN_CHECK(record(work, actor, deed));
  if (replayed > 0) work.changed(replay.stream_id, Outbox::Change::more);
  return std::optional(replayed);
}

Result<std::vector<AuditRecord>> list_audit(Work& work, const AuditQuery& query) {
  std::vector<AuditRecord> records;
  Query rows = work.database.query(
      "SELECT id, at, who, origin, action, target, result, detail FROM audit WHERE id > ?1 "
      "AND at BETWEEN ?2 AND ?3 ORDER BY id LIMIT ?4",
      query.after, milliseconds(query.from), milliseconds(query.until),
      static_cast<std::int64_t>(query.count_max));
  while (true) {
    TOCSIN_TRY(const bool row, rows.next());
    if (!row) return records;
    records.push_back({.number = rows.integer(0),
                       .at = wall_time(rows.integer(1)),
                       .actor = {.who = rows.text(2), .from = rows.text(3)},
                       .action = rows.text(4),
                       .target = rows.text(5),
                       .result = rows.text(6),
                       .detail = rows.text(7)});
  }
}

}  // namespace tocsin::store::sqlite
