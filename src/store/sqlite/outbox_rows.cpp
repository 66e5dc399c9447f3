#include "store/sqlite/outbox_rows.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/try.h"
#include "store/sqlite/event_text.h"
#include "store/sqlite/stream_rows.h"
#include "store/sqlite/subject_index.h"
#include "store/sqlite/trouble_rows.h"

namespace tocsin::store::sqlite {
namespace {

constexpr std::size_t note_max = 256;  // octets
constexpr std::string_view disabled_note = "the stream was disabled";
constexpr std::size_t withdrawn_now_max = 1000;  // rows recorded while the change waits

std::optional<std::string> toe_text(const std::optional<NumericDate>& toe) {
  if (!toe) return std::nullopt;
  return toe->to_number().text();
}

Result<std::optional<NumericDate>> read_toe(const Query& row, int column) {
  if (row.is_null(column)) return std::optional<NumericDate>();
  TOCSIN_TRY(const JsonNumber number, JsonNumber::parse(row.view(column)));
  TOCSIN_TRY(const NumericDate toe, NumericDate::from_number(number));
  return std::optional<NumericDate>(toe);
}

// A row's time has come, or it failed in the future: the clock was set back (REL-21).
#define TOCSIN_IS_DUE(now) "(p.due_at <= " now " OR p.due_at - p.delay > " now ") "

// Columns of a row that select_pending() reads.
#define TOCSIN_PENDING_COLUMNS                                                          \
  "SELECT p.number, p.jti, e.accepted_at, e.txn, e.toe, e.subject, e.type, e.payload, " \
  "p.announces, "                                                                       \
  "s.compact, s.kid, p.failures, p.refusals, p.due_at, e.event_id = '', "               \
  "p.delay "                                                                            \
  "FROM pending p JOIN event e ON e.id = p.event "                                      \
  "LEFT JOIN signed s ON s.stream = p.stream AND s.number = p.number "

struct PendingRow {
  PendingSet set;
  bool own = false;  // an event of the transmitter itself
};

Result<PendingRow> read_pending_row(const std::string& stream_id, const Query& row) {
  PendingRow read;
  PendingSet& set = read.set;
  set.stream_id = stream_id;
  set.number = row.integer(0);
  set.jti = row.text(1);
  set.iat = std::chrono::floor<std::chrono::seconds>(wall_time(row.integer(2)));
  set.txn = row.text(3);
  TOCSIN_TRY(set.toe, read_toe(row, 4));
  TOCSIN_TRY(set.subject, read_subject_text(row.view(5)));
  TOCSIN_TRY(set.event, read_payload_text(row.view(6), row.view(7)));
  set.announces_status = row.integer(8) != 0;
  set.compact = row.text(9);
  set.kid = row.text(10);
  set.history.failures = static_cast<unsigned>(row.integer(11));
  set.history.refusals = static_cast<unsigned>(row.integer(12));
  set.due_at = wall_time(row.integer(13));
  read.own = row.integer(14) != 0;
  set.delay = std::chrono::milliseconds(row.integer(15));
  return read;
}

Result<void> expire_beyond_caps(Work& work, const RowStream& stream, std::int64_t waiting,
                                std::int64_t octets) {
  while (waiting > work.limits.pending_max || octets > work.limits.pending_octets_max) {
    Query oldest = work.database.query(
        "SELECT p.number, p.octets, p.failures, p.refusals, p.number <= l.withdrawn FROM pending p "
        "JOIN place l ON l.stream = p.stream WHERE p.stream = ?1 AND p.announces = 0 "
        "ORDER BY p.number LIMIT 1",
        stream.id);
    TOCSIN_TRY(const bool row, oldest.next());
    if (!row) return {};
    const std::int64_t number = oldest.integer(0);
    octets -= oldest.integer(1);
    --waiting;
    const delivery::AttemptHistory history{.failures = static_cast<unsigned>(oldest.integer(2)),
                                           .refusals = static_cast<unsigned>(oldest.integer(3))};
    const bool is_withdrawn = oldest.integer(4) != 0;
    const SettledState state = is_withdrawn ? SettledState::withdrawn : SettledState::expired;
    TOCSIN_TRY(const bool settled,
               settle_row(work, {stream.id, number}, state, history,
                          is_withdrawn ? disabled_note : "the stream's cap of pending SETs"));
    if (!settled) return {};
    work.changed(stream.stream_id, Outbox::Change::other);
  }
  return {};
}

void count(Tally& tally, SettledState state, std::uint64_t sets) {
  switch (state) {
    case SettledState::delivered:
      tally.delivered += sets;
      break;
    case SettledState::rejected:
      tally.rejected += sets;
      break;
    case SettledState::expired:
      tally.expired += sets;
      break;
    case SettledState::withdrawn:
      tally.withdrawn += sets;
      break;
  }
}

// Moves the first of the rows that are withdrawn to where terminal rows are; whether all are there.
Result<bool> record_withdrawn(Work& work, std::int64_t stream, std::size_t count_max) {
  Database& database = work.database;
  TOCSIN_TRY(const auto last,
             database.number("SELECT max(number) FROM (SELECT p.number FROM pending p JOIN place l "
                             "ON l.stream = p.stream WHERE p.stream = ?1 "
                             "AND p.number <= l.withdrawn ORDER BY p.number LIMIT ?2)",
                             stream, static_cast<std::int64_t>(count_max)));
  if (last.value_or(0) == 0) {
    TOCSIN_CHECK(database.run("UPDATE place SET withdrawn = 0 WHERE stream = ?1", stream));
    return true;
  }
  TOCSIN_CHECK(database.run(
      "UPDATE place SET (waiting, octets) = (SELECT place.waiting - count(*), place.octets - "
      "sum(octets) FROM pending WHERE stream = ?1 AND number <= ?2) WHERE stream = ?1",
      stream, *last));
  TOCSIN_CHECK(database.run(
      "INSERT INTO settled(stream, number, event, jti, state, announces, failures, refusals, "
      "settled_at, note) SELECT stream, number, event, jti, ?2, announces, failures, refusals, ?3, "
      "?5 FROM pending WHERE stream = ?1 AND number <= ?4 ORDER BY number",
      stream, static_cast<int>(SettledState::withdrawn), milliseconds(work.clock.wall()), *last,
      disabled_note));
  count(work.tally, SettledState::withdrawn, static_cast<std::uint64_t>(database.changes()));
  TOCSIN_CHECK(
      database.run("DELETE FROM pending WHERE stream = ?1 AND number <= ?2", stream, *last));
  TOCSIN_CHECK(
      database.run("DELETE FROM signed WHERE stream = ?1 AND number <= ?2", stream, *last));
  return false;
}

}  // namespace

std::string escaped_note(std::string_view text) {
  std::string note;
  for (const char c : text.substr(0, note_max)) note += c >= 0x20 && c < 0x7f ? c : '?';
  return note;
}

Result<bool> is_wanted(Work& work, std::int64_t stream, DefaultSubjects defaults,
                       const Subject& subject, std::int64_t number) {
  const Meeting meeting{.stream_min = stream,
                        .stream_max = stream,
                        .before = defaults == DefaultSubjects::NONE ? number : INT64_MAX};
  TOCSIN_TRY(const auto met, work.subjects.meet(work, subject, rule_of(defaults), meeting));
  return met.empty() == (defaults == DefaultSubjects::ALL);
}

Result<StoredEvent> insert_event(Work& work, const EventRow& event) {
  const std::string subject = subject_text(event.subject);
  const std::string payload = payload_text(event.event);
  TOCSIN_CHECK(work.database.run(
      "INSERT INTO event(event_id, iss, type, txn, toe, accepted_at, subject, payload) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      event.event_id, event.iss, type_of(event.event), event.txn, toe_text(event.toe),
      milliseconds(event.at), subject, payload));
  return StoredEvent{.id = work.database.last_id(),
                     .octets = static_cast<std::int64_t>(subject.size() + payload.size())};
}

Result<void> add_pending(Work& work, const RowStream& stream, const StoredEvent& event,
                         std::string_view jti, bool announces) {
  std::int64_t number = 0;
  std::int64_t waiting = 0;
  std::int64_t octets = 0;
  {
    Query place = work.database.query(
        "UPDATE place SET last = last + 1, waiting = waiting + 1, octets = octets + ?2 "
        "WHERE stream = ?1 RETURNING last, waiting, octets",
        stream.id, event.octets);
    TOCSIN_TRY(const bool row, place.next());
    if (!row) return Error(Errc::store_schema, "a stream has no place");
    number = place.integer(0);
    waiting = place.integer(1);
    octets = place.integer(2);
    TOCSIN_CHECK(place.finish());
  }
  TOCSIN_CHECK(work.database.run(
      "INSERT INTO pending(stream, number, event, jti, announces, polled, octets) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      stream.id, number, event.id, jti, announces, stream.polled, event.octets));
  return expire_beyond_caps(work, stream, waiting, octets);
}

namespace {}  // namespace

Result<void> Released::add(std::int64_t stream, std::int64_t octets) {
  if (stream != stream_) TOCSIN_CHECK(tell());
  stream_ = stream;
  ++rows_;
  octets_ += octets;
  return {};
}

Result<void> Released::tell() {
  if (rows_ == 0) return {};
  return work_.database.run(
      "UPDATE place SET waiting = waiting - ?2, octets = octets - ?3 WHERE stream = ?1", stream_,
      std::exchange(rows_, 0), std::exchange(octets_, 0));
}

Result<bool> settle_row(Work& work, RowKey key, SettledState state,
                        const delivery::AttemptHistory& history, std::string_view note) {
  Released released(work);
  TOCSIN_TRY(const bool settled, settle_row(work, key, {state, history, note}, released));
  TOCSIN_CHECK(released.tell());
  return settled;
}

Result<bool> settle_row(Work& work, RowKey key, const Ending& ending, Released& released) {
  Database& database = work.database;
  std::int64_t octets = 0;
  bool announces = false;
  {
    Query gone = database.query(
        "DELETE FROM pending WHERE stream = ?1 AND number = ?2 RETURNING event, jti, announces, "
        "octets",
        key.stream, key.number);
    TOCSIN_TRY(const bool row, gone.next());
    if (!row) return false;
    octets = gone.integer(3);
    announces = gone.integer(2) != 0;
    TOCSIN_CHECK(database.run(
        "INSERT INTO settled(stream, number, event, jti, state, announces, failures, refusals, "
        "settled_at, note) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        key.stream, key.number, gone.integer(0), gone.view(1), static_cast<int>(ending.state),
        gone.integer(2), static_cast<std::int64_t>(ending.history.failures),
        static_cast<std::int64_t>(ending.history.refusals), milliseconds(work.clock.wall()),
        escaped_note(ending.note)));
    TOCSIN_CHECK(gone.finish());
  }
  TOCSIN_CHECK(
      database.run("DELETE FROM signed WHERE stream = ?1 AND number = ?2", key.stream, key.number));
  TOCSIN_CHECK(released.add(key.stream, octets));
  count(work.tally, ending.state, 1);
  if (!announces) return true;
  TOCSIN_CHECK(released.tell());  // a status that comes into effect may change the place, too
  TOCSIN_CHECK(finish_status(work, key.stream));
  return true;
}

Result<void> withdraw_all(Work& work, std::int64_t stream) {
  TOCSIN_CHECK(work.database.run("UPDATE place SET withdrawn = last WHERE stream = ?1", stream));
  TOCSIN_TRY(const bool done, record_withdrawn(work, stream, withdrawn_now_max));
  static_cast<void>(done);  // the rest is recorded in the background
  return {};
}

Result<bool> record_withdrawn(Work& work, std::size_t count_max) {
  TOCSIN_TRY(
      const auto stream,
      work.database.number(
          "SELECT stream FROM place INDEXED BY place_withdrawn WHERE withdrawn > 0 LIMIT 1"));
  if (!stream) return true;
  TOCSIN_TRY(const bool done, record_withdrawn(work, *stream, count_max));
  static_cast<void>(done);
  return false;
}

Result<void> requeue_row(Work& work, RowKey key, const std::string& stream_id) {
  Database& database = work.database;
  TOCSIN_TRY(const auto octets,
             database.number(
                 "INSERT INTO pending(stream, number, event, jti, announces, polled, octets) "
                 "SELECT d.stream, d.number, d.event, d.jti, d.announces, s.polled, "
                 "length(CAST(e.subject AS BLOB)) + length(CAST(e.payload AS BLOB)) FROM settled d "
                 "JOIN event e ON e.id = d.event JOIN stream s ON s.id = d.stream "
                 "JOIN place l ON l.stream = d.stream WHERE d.stream = ?1 AND d.number = ?2 "
                 "AND d.state = 1 AND d.number > l.withdrawn RETURNING octets",
                 key.stream, key.number));
  if (!octets) return {};
  TOCSIN_CHECK(database.run("DELETE FROM settled WHERE stream = ?1 AND number = ?2 AND state = 1",
                            key.stream, key.number));
  TOCSIN_CHECK(
      database.run("UPDATE place SET waiting = waiting + 1, octets = octets + ?2 WHERE stream = ?1",
                   key.stream, *octets));
  work.changed(stream_id, Outbox::Change::other);
  return {};
}

Result<void> recheck_rows(Work& work, const RowStream& stream, std::int64_t count_max) {
  TOCSIN_TRY(const auto defaults,
             work.database.number("SELECT default_subjects FROM stream WHERE id = ?1", stream.id));
  struct Row {
    std::int64_t number;
    delivery::AttemptHistory history;
    std::string subject;
  };
  std::vector<Row> read;
  {
    Query rows = work.database.query(
        "SELECT p.number, p.failures, p.refusals, e.subject FROM pending p "
        "JOIN event e ON e.id = p.event JOIN place l ON l.stream = p.stream "
        "WHERE p.stream = ?1 AND p.number > l.withdrawn AND p.number <= l.recheck "
        "AND e.event_id <> '' "
        "ORDER BY p.number LIMIT ?2",
        stream.id, count_max);
    while (true) {
      TOCSIN_TRY(const bool row, rows.next());
      if (!row) break;
      read.push_back({rows.integer(0),
                      {.failures = static_cast<unsigned>(rows.integer(1)),
                       .refusals = static_cast<unsigned>(rows.integer(2))},
                      rows.text(3)});
    }
  }
  for (const Row& row : read) {
    TOCSIN_TRY(const Subject subject, read_subject_text(row.subject));
    TOCSIN_TRY(const bool wanted,
               is_wanted(work, stream.id, static_cast<DefaultSubjects>(defaults.value_or(0)),
                         subject, row.number));
    if (wanted) continue;
    TOCSIN_CHECK(settle_row(work, {stream.id, row.number}, SettledState::withdrawn, row.history,
                            "the subject was removed"));
  }
  return {};
}

namespace {

struct Source {
  std::int64_t stream = 0;
  DefaultSubjects defaults = DefaultSubjects::ALL;
  std::int64_t recheck = 0;
  std::int64_t withdrawn = 0;
};

// Adds the rows of `query` to `selected`, less those whose subject is not wanted any more: they go
// to `unwanted`.
Result<void> take_rows(Work& work, const Selection& selection, const Source& source, Query query,
                       Selected& selected, std::vector<PendingSet>& unwanted) {
  while (true) {
    TOCSIN_TRY(const bool row, query.next());
    if (!row) return {};
    if (selected.sets.size() == selection.count_max) {
      selected.more = true;
      return {};
    }
    TOCSIN_TRY(PendingRow read, read_pending_row(selection.stream_id, query));
    if (read.set.number <= source.recheck && !read.own) {
      TOCSIN_TRY(const bool wanted, is_wanted(work, source.stream, source.defaults,
                                              read.set.subject, read.set.number));
      if (!wanted) {
        unwanted.push_back(std::move(read.set));
        continue;
      }
    }
    selected.sets.push_back(std::move(read.set));
  }
}

}  // namespace

Result<Selected> select_pending(Work& work, const Selection& selection) {
  Database& database = work.database;
  Source source;
  bool flows = false;
  {
    Query stream = database.query(
        "SELECT s.id, s.default_subjects, l.recheck, s.status, s.held, l.withdrawn FROM stream s "
        "JOIN place l ON l.stream = s.id WHERE s.stream_id = ?1",
        selection.stream_id);
    TOCSIN_TRY(const bool row, stream.next());
    if (!row) return Error(Errc::stream_unknown);
    source = {stream.integer(0), static_cast<DefaultSubjects>(stream.integer(1)), stream.integer(2),
              stream.integer(5)};
    flows = stream.integer(3) == static_cast<int>(StreamStatus::enabled) && stream.integer(4) == 0;
  }
  Selected selected;
  std::vector<PendingSet> unwanted;
  const std::int64_t due = milliseconds(selection.due);
  Query announcing = database.query(TOCSIN_PENDING_COLUMNS
                                    "WHERE p.stream = ?1 AND p.announces = 1 AND " TOCSIN_IS_DUE(
                                        "?2") "AND p.number > ?3 ORDER BY p.number",
                                    source.stream, due, source.withdrawn);
  TOCSIN_CHECK(take_rows(work, selection, source, std::move(announcing), selected, unwanted));
  if (flows && !selected.more) {
    Query rest = database.query(TOCSIN_PENDING_COLUMNS
                                "WHERE p.stream = ?1 AND p.number > ?2 AND p.announces = 0 "
                                "AND " TOCSIN_IS_DUE("?3") "ORDER BY p.number",
                                source.stream, std::max(selection.after, source.withdrawn), due);
    TOCSIN_CHECK(take_rows(work, selection, source, std::move(rest), selected, unwanted));
  }
  for (const PendingSet& set : unwanted) {
    TOCSIN_CHECK(settle_row(work, {source.stream, set.number}, SettledState::withdrawn, set.history,
                            "the subject was removed"));
  }
  return selected;
}

namespace {

struct Wanting {
  RowStream stream;
  TenantKey owner;
};

Wanting read_wanting(const Query& row) {
  return {.stream = {.id = row.integer(0), .stream_id = row.text(1), .polled = row.integer(4) != 0},
          .owner = {.token_issuer = row.text(2), .client_id = row.text(3)}};
}

// Streams that take every subject but those removed.
Result<void> find_open(Work& work, const NewEvent& event, std::vector<Wanting>& wanting) {
  std::vector<Wanting> open;
  {
    Query rows = work.database.query(
        "SELECT s.id, s.stream_id, s.token_issuer, s.client_id, s.polled FROM stream_type t "
        "JOIN stream s ON s.id = t.stream "
        "WHERE t.iss = ?1 AND t.type = ?2 AND t.default_subjects = ?3 AND s.status <> ?4",
        event.iss, type_of(event.event), static_cast<int>(DefaultSubjects::ALL),
        static_cast<int>(StreamStatus::disabled));
    while (true) {
      TOCSIN_TRY(const bool row, rows.next());
      if (!row) break;
      open.push_back(read_wanting(rows));
    }
  }
  if (open.empty()) return {};
  TOCSIN_TRY(const auto excluded, work.subjects.meet(work, event.subject, MatchRule::covers, {}));
  for (Wanting& one : open) {
    if (!excluded.contains(one.stream.id)) wanting.push_back(std::move(one));
  }
  return {};
}

// Streams to which the subject was added.
Result<void> find_added(Work& work, const NewEvent& event, std::vector<Wanting>& wanting) {
  TOCSIN_TRY(const auto streams, work.subjects.meet(work, event.subject, MatchRule::matches, {}));
  for (const std::int64_t stream : streams) {
    Query row = work.database.query(
        "SELECT s.id, s.stream_id, s.token_issuer, s.client_id, s.polled FROM stream s "
        "JOIN stream_type t ON t.iss = s.iss AND t.type = ?2 "
        "AND t.default_subjects = s.default_subjects AND t.stream = s.id "
        "WHERE s.id = ?1 AND s.iss = ?3 AND s.status <> ?4",
        stream, type_of(event.event), event.iss, static_cast<int>(StreamStatus::disabled));
    TOCSIN_TRY(const bool found, row.next());
    if (found) wanting.push_back(read_wanting(row));
  }
  return {};
}

std::string producer_name(const NewEvent& event) {
  return short_hash(joined({event.iss, event.producer.token_issuer, event.producer.client_id,
                            event.producer_key.value_or("")}));
}

Result<std::optional<Receipt>> find_receipt(Work& work, std::string_view name) {
  Query known =
      work.database.query("SELECT event_id, streams FROM producer_key WHERE name = ?1", Blob{name});
  TOCSIN_TRY(const bool row, known.next());
  if (!row) return std::optional<Receipt>();
  return std::optional<Receipt>(Receipt{.event_id = known.text(0),
                                        .repeated = true,
                                        .streams = static_cast<std::size_t>(known.integer(1))});
}

Result<Receipt> accept_one(Work& work, const NewEvent& event) {
  const std::string name = event.producer_key ? producer_name(event) : "";
  if (!name.empty()) {
    TOCSIN_TRY(auto first, find_receipt(work, name));
    if (first) return *std::move(first);
  }
  TOCSIN_TRY(const StoredEvent stored, insert_event(work, {.event_id = event.event_id,
                                                           .iss = event.iss,
                                                           .txn = event.txn,
                                                           .toe = event.toe,
                                                           .at = event.accepted_at,
                                                           .subject = event.subject,
                                                           .event = event.event}));
  std::vector<Wanting> wanting;
  TOCSIN_CHECK(find_open(work, event, wanting));
  TOCSIN_CHECK(find_added(work, event, wanting));
  if (event.receivers) {
    std::erase_if(wanting, [&](const Wanting& one) {
      return std::ranges::find(*event.receivers, one.owner) == event.receivers->end();
    });
  }
  for (const Wanting& one : wanting) {
    TOCSIN_CHECK(add_pending(work, one.stream, stored, work.random.id(), false));
    work.changed(one.stream.stream_id, Outbox::Change::more);
  }
  if (!name.empty()) {
    TOCSIN_CHECK(work.database.run(
        "INSERT INTO producer_key(name, event_id, streams, accepted_at) VALUES(?1, ?2, ?3, ?4)",
        Blob{name}, event.event_id, static_cast<std::int64_t>(wanting.size()),
        milliseconds(event.accepted_at)));
  }
  return Receipt{.event_id = event.event_id, .streams = wanting.size()};
}

// Finds a stream's internal id again and again, mostly the same one.
class StreamIds {
 public:
  explicit StreamIds(Work& work) : work_(work) {}
  Result<std::optional<std::int64_t>> find(const std::string& stream_id) {
    if (known_ && stream_id == stream_id_) return id_;
    TOCSIN_TRY(id_, work_.database.number("SELECT id FROM stream WHERE stream_id = ?1", stream_id));
    stream_id_ = stream_id;
    known_ = true;
    return id_;
  }

 private:
  Work& work_;
  bool known_ = false;
  std::string stream_id_;
  std::optional<std::int64_t> id_;
};

struct Pause {
  WallTime due_at{};
  std::chrono::milliseconds delay{};
};

Result<void> record_retry(Work& work, RowKey key, const delivery::AttemptHistory& history,
                          const Pause& pause) {
  ++work.tally.retried;
  return work.database.run(
      "UPDATE pending SET failures = ?3, refusals = ?4, due_at = ?5, delay = ?6 "
      "WHERE stream = ?1 AND number = ?2",
      key.stream, key.number, static_cast<std::int64_t>(history.failures),
      static_cast<std::int64_t>(history.refusals), milliseconds(pause.due_at),
      static_cast<std::int64_t>(pause.delay.count()));
}

Result<void> settle_one(Work& work, std::int64_t stream, const Settled& outcome,
                        Released& released) {
  const RowKey key{stream, outcome.number};
  if (outcome.trouble) TOCSIN_CHECK(record_trouble(work, stream, *outcome.trouble));
  switch (outcome.state) {
    case Settled::State::retry:
      return record_retry(work, key, outcome.history, {outcome.due_at, outcome.delay});
    case Settled::State::requeue:
      return requeue_row(work, key, outcome.stream_id);
    case Settled::State::delivered:
    case Settled::State::rejected:
    case Settled::State::expired:
    case Settled::State::withdrawn:
      break;
  }
  const auto state = static_cast<SettledState>(outcome.state);
  TOCSIN_CHECK(settle_row(work, key, {state, outcome.history, outcome.note}, released));
  return {};
}

static_assert(static_cast<int>(Settled::State::delivered) ==
              static_cast<int>(SettledState::delivered));
static_assert(static_cast<int>(Settled::State::rejected) ==
              static_cast<int>(SettledState::rejected));
static_assert(static_cast<int>(Settled::State::expired) == static_cast<int>(SettledState::expired));
static_assert(static_cast<int>(Settled::State::withdrawn) ==
              static_cast<int>(SettledState::withdrawn));

struct Named {
  std::int64_t number = 0;
  delivery::AttemptHistory history{};
};

// The pending SET of this very stream that has the jti (SEC-12).
Result<std::optional<Named>> find_named(Work& work, std::int64_t stream, std::string_view jti) {
  Query row = work.database.query(
      "SELECT p.number, p.failures, p.refusals FROM pending p JOIN place l ON l.stream = p.stream "
      "WHERE p.stream = ?1 AND p.jti = ?2 AND p.polled = 1 AND p.number > l.withdrawn",
      stream, jti);
  TOCSIN_TRY(const bool found, row.next());
  if (!found) return std::optional<Named>();
  return std::optional<Named>(Named{row.integer(0),
                                    {.failures = static_cast<unsigned>(row.integer(1)),
                                     .refusals = static_cast<unsigned>(row.integer(2))}});
}

Result<void> take_ack(Work& work, std::int64_t stream, std::string_view jti, Released& released) {
  TOCSIN_TRY(const auto named, find_named(work, stream, jti));
  if (!named) return {};
  const Ending ending{SettledState::delivered, named->history, ""};
  TOCSIN_CHECK(settle_row(work, {stream, named->number}, ending, released));
  return {};
}

// An error reported in a poll is judged like the answer 400 to a push (REL-08).
Result<void> take_error(Work& work, std::int64_t stream, const PollRequest::SetError& error,
                        WallTime now) {
  TOCSIN_TRY(const auto named, find_named(work, stream, error.jti));
  if (!named) return {};
  delivery::PushAnswer answer;
  answer.status = 400;
  answer.error.err = error.err;
  const delivery::PushOutcome outcome =
      delivery::judge_push(answer, named->history, work.random, work.limits.retry);
  const delivery::AttemptHistory history = delivery::add_attempt(named->history, outcome);
  const RowKey key{stream, named->number};
  if (const auto* retry = std::get_if<delivery::RetryAfter>(&outcome)) {
    return record_retry(work, key, history, {now + retry->delay, retry->delay});
  }
  TOCSIN_CHECK(settle_row(work, key, SettledState::rejected, history, error.err));
  return {};
}

}  // namespace

Result<std::vector<Receipt>> accept(Work& work, const std::vector<NewEvent>& events) {
  std::vector<Receipt> receipts;
  receipts.reserve(events.size());
  for (const NewEvent& event : events) {
    TOCSIN_TRY(Receipt receipt, accept_one(work, event));
    receipts.push_back(std::move(receipt));
  }
  return receipts;
}

Result<void> keep(Work& work, const std::vector<Signed>& sets) {
  StreamIds ids(work);
  for (const Signed& set : sets) {
    TOCSIN_TRY(const auto stream, ids.find(set.stream_id));
    if (!stream) continue;
    TOCSIN_CHECK(work.database.run(
        "INSERT OR REPLACE INTO signed(stream, number, kid, compact) SELECT ?1, ?2, ?3, ?4 "
        "WHERE EXISTS (SELECT 1 FROM pending WHERE stream = ?1 AND number = ?2)",
        *stream, set.number, set.kid, set.compact));
  }
  return {};
}

Result<void> settle(Work& work, const std::vector<Settled>& outcomes) {
  StreamIds ids(work);
  Released released(work);
  for (const Settled& outcome : outcomes) {
    TOCSIN_TRY(const auto stream, ids.find(outcome.stream_id));
    if (stream) TOCSIN_CHECK(settle_one(work, *stream, outcome, released));
  }
  return released.tell();
}

Result<PollSelection> poll(Work& work, const StreamOwner& owner, const std::string& stream_id,
                           const PollRequest& request, WallTime now) {
  TOCSIN_TRY(const RowStream stream, find_stream(work, owner, stream_id));
  if (!stream.polled) return Error(Errc::stream_unknown);
  Released released(work);
  for (const std::string& jti : request.ack) {
    TOCSIN_CHECK(take_ack(work, stream.id, jti, released));
  }
  TOCSIN_CHECK(released.tell());
  for (const PollRequest::SetError& error : request.set_errs) {
    TOCSIN_CHECK(take_error(work, stream.id, error, now));
  }
  TOCSIN_CHECK(work.database.run("UPDATE place SET active_at = ?2 WHERE stream = ?1", stream.id,
                                 milliseconds(now)));
  TOCSIN_TRY(
      Selected selected,
      select_pending(work, {.stream_id = stream_id, .count_max = request.events_max, .due = now}));
  return PollSelection{.sets = std::move(selected.sets), .more_available = selected.more};
}

}  // namespace tocsin::store::sqlite
