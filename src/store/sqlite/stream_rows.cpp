#include "store/sqlite/stream_rows.h"

#include <optional>
#include <utility>

#include "base/try.h"
#include "store/sqlite/event_text.h"
#include "store/sqlite/subject_index.h"
#include "store/stream_text.h"

namespace tocsin::store::sqlite {
namespace {

constexpr std::int64_t recheck_now_max = 1000;   // rows looked at while a removal waits
constexpr std::size_t leftovers_now_max = 1000;  // rows erased while a stream's removal waits
constexpr std::size_t removals_max = 1000;       // that fall due, in one transaction

// What a sealed authorization_header is bound to: its stream, and where it may be sent (SEC-43).
std::string secret_place(const StreamConfig& config) {
  return joined({"stream.authorization_header", config.stream_id, config.delivery.endpoint_url});
}

Result<std::optional<std::string>> seal_header(Work& work, const StreamConfig& config) {
  if (!config.delivery.authorization_header) return std::optional<std::string>();
  TOCSIN_TRY(std::string sealed,
             work.box.seal(*config.delivery.authorization_header, secret_place(config)));
  return std::optional<std::string>(std::move(sealed));
}

std::optional<std::int64_t> idle_max(const StreamRecord& record) {
  if (!record.config.inactivity_timeout) return std::nullopt;
  return std::chrono::milliseconds(*record.config.inactivity_timeout).count();
}

std::optional<std::int64_t> deadline(const StreamRecord& record) {
  if (!record.pending) return std::nullopt;
  return milliseconds(record.pending->deadline);
}

std::optional<Blob> blob(const std::optional<std::string>& octets) {
  if (!octets) return std::nullopt;
  return Blob{*octets};
}

bool is_polled(const StreamRecord& record) {
  return record.config.delivery.method == DeliveryMethod::poll;
}

// Columns that read_record() reads; a WHERE follows.
#define TOCSIN_STREAM_COLUMNS                                                                    \
  "SELECT s.id, s.stream_id, s.iss, s.token_issuer, s.client_id, s.default_subjects, s.status, " \
  "s.polled, s.record, s.secret, l.active_at FROM stream s JOIN place l ON l.stream = s.id "

struct StreamRow {
  std::int64_t id = 0;
  StreamRecord record;
};

Result<StreamRow> read_record(Work& work, const Query& row) {
  StreamRow read;
  read.id = row.integer(0);
  StreamRecord& record = read.record;
  record.config.stream_id = row.text(1);
  record.config.iss = row.text(2);
  record.owner = {.iss = row.text(2),
                  .receiver = {.token_issuer = row.text(3), .client_id = row.text(4)}};
  record.default_subjects = static_cast<DefaultSubjects>(row.integer(5));
  record.status = static_cast<StreamStatus>(row.integer(6));
  record.config.delivery.method = row.integer(7) != 0 ? DeliveryMethod::poll : DeliveryMethod::push;
  TOCSIN_CHECK(read_stream_text(row.view(8), record));
  if (!row.is_null(9)) {
    TOCSIN_TRY(record.config.delivery.authorization_header,
               work.box.open(row.view(9), secret_place(record.config)));
  }
  record.active_at = wall_time(row.integer(10));
  return read;
}

Result<std::vector<StreamRecord>> read_records(Work& work, Query query) {
  std::vector<StreamRecord> records;
  while (true) {
    TOCSIN_TRY(const bool row, query.next());
    if (!row) return records;
    TOCSIN_TRY(StreamRow read, read_record(work, query));
    records.push_back(std::move(read.record));
  }
}

Result<StreamRow> find_record(Work& work, const StreamOwner& owner, const std::string& stream_id) {
  Query row = work.database.query(
      TOCSIN_STREAM_COLUMNS
      "WHERE s.stream_id = ?1 AND s.iss = ?2 AND s.token_issuer = ?3 AND s.client_id = ?4",
      stream_id, owner.iss, owner.receiver.token_issuer, owner.receiver.client_id);
  TOCSIN_TRY(const bool found, row.next());
  if (!found) return Error(Errc::stream_unknown);
  return read_record(work, row);
}

Result<void> write_types(Work& work, std::int64_t stream, const StreamRecord& record) {
  TOCSIN_CHECK(work.database.run("DELETE FROM stream_type WHERE stream = ?1", stream));
  for (const std::string& type : record.config.events_delivered) {
    TOCSIN_CHECK(work.database.run(
        "INSERT OR IGNORE INTO stream_type(iss, type, default_subjects, stream) "
        "VALUES(?1, ?2, ?3, ?4)",
        record.owner.iss, type, static_cast<int>(record.default_subjects), stream));
  }
  return {};
}

Result<void> write_record(Work& work, std::int64_t stream, const StreamRecord& record) {
  TOCSIN_TRY(const auto secret, seal_header(work, record.config));
  TOCSIN_CHECK(work.database.run(
      "UPDATE stream SET status = ?2, held = ?3, polled = ?4, idle_max = ?5, deadline = ?6, "
      "record = ?7, secret = ?8 WHERE id = ?1",
      stream, static_cast<int>(record.status), record.pending.has_value(), is_polled(record),
      idle_max(record), deadline(record), stream_text(record), blob(secret)));
  return work.database.run("UPDATE place SET active_at = ?2 WHERE stream = ?1", stream,
                           milliseconds(record.active_at));
}

// The transmitter's own event: about the stream, whoever was added to it (SSF 8.1.4, 8.1.5).
Result<void> add_own_event(Work& work, const RowStream& stream, const std::string& iss,
                           const StreamEvent& event) {
  const Subject subject = opaque_subject(stream.stream_id);
  const std::string txn = work.random.id();
  TOCSIN_TRY(const StoredEvent stored, insert_event(work, {.event_id = "",
                                                           .iss = iss,
                                                           .txn = txn,
                                                           .at = event.at,
                                                           .subject = subject,
                                                           .event = event.event}));
  return add_pending(work, stream, stored, event.jti, event.announces_status);
}

// What a decision may not touch stays as it was.
StreamRecord kept_identity(StreamRecord decided, const StreamRecord& before) {
  decided.owner = before.owner;
  decided.config.stream_id = before.config.stream_id;
  decided.config.iss = before.config.iss;
  decided.default_subjects = before.default_subjects;
  decided.created_at = before.created_at;
  return decided;
}

}  // namespace

Result<RowStream> find_stream(Work& work, const StreamOwner& owner, const std::string& stream_id) {
  Query row = work.database.query(
      "SELECT id, polled FROM stream "
      "WHERE stream_id = ?1 AND iss = ?2 AND token_issuer = ?3 AND client_id = ?4",
      stream_id, owner.iss, owner.receiver.token_issuer, owner.receiver.client_id);
  TOCSIN_TRY(const bool found, row.next());
  if (!found) return Error(Errc::stream_unknown);
  return RowStream{.id = row.integer(0), .stream_id = stream_id, .polled = row.integer(1) != 0};
}

Result<void> create_stream(Work& work, const StreamRecord& record, std::size_t streams_max) {
  Database& database = work.database;
  const StreamOwner& owner = record.owner;
  // The same call again, after a commit nobody knew the end of.
  if (find_stream(work, owner, record.config.stream_id)) return {};
  TOCSIN_TRY(const auto streams,
             database.number("SELECT count(*) FROM stream WHERE iss = ?1 AND token_issuer = ?2 "
                             "AND client_id = ?3",
                             owner.iss, owner.receiver.token_issuer, owner.receiver.client_id));
  if (static_cast<std::size_t>(streams.value_or(0)) >= streams_max) return Errc::stream_limit;
  TOCSIN_CHECK(database.run(
      "INSERT INTO stream(stream_id, iss, token_issuer, client_id, default_subjects, status, held, "
      "polled, record) VALUES(?1, ?2, ?3, ?4, ?5, 1, 0, 0, '')",
      record.config.stream_id, owner.iss, owner.receiver.token_issuer, owner.receiver.client_id,
      static_cast<int>(record.default_subjects)));
  const std::int64_t stream = database.last_id();
  TOCSIN_CHECK(
      database.run("INSERT INTO place(stream, last, waiting, octets, subjects, active_at, "
                   "recheck) VALUES(?1, 0, 0, 0, 0, 0, 0)",
                   stream));
  TOCSIN_CHECK(write_types(work, stream, record));
  TOCSIN_CHECK(write_record(work, stream, record));
  work.changed(record.config.stream_id, Outbox::Change::other);
  return {};
}

Result<StreamRecord> read_stream(Work& work, const StreamOwner& owner,
                                 const std::string& stream_id) {
  TOCSIN_TRY(StreamRow row, find_record(work, owner, stream_id));
  return std::move(row.record);
}

Result<std::vector<StreamRecord>> list_streams(Work& work, const StreamOwner& owner) {
  return read_records(
      work, work.database.query(
                TOCSIN_STREAM_COLUMNS
                "WHERE s.iss = ?1 AND s.token_issuer = ?2 AND s.client_id = ?3 ORDER BY s.id",
                owner.iss, owner.receiver.token_issuer, owner.receiver.client_id));
}

Result<StreamRecord> change_stream(Work& work, const StreamOwner& owner,
                                   const std::string& stream_id, const StreamDecision& decide) {
  TOCSIN_TRY(const StreamRow before, find_record(work, owner, stream_id));
  TOCSIN_TRY(StreamChange change, decide(before.record));
  const StreamRecord after = kept_identity(std::move(change.record), before.record);
  TOCSIN_CHECK(write_record(work, before.id, after));
  if (after.config.events_delivered != before.record.config.events_delivered) {
    TOCSIN_CHECK(write_types(work, before.id, after));
  }
  const RowStream stream{.id = before.id, .stream_id = stream_id, .polled = is_polled(after)};
  if (stream.polled != is_polled(before.record)) {
    TOCSIN_CHECK(work.database.run("UPDATE pending SET polled = ?2 WHERE stream = ?1", stream.id,
                                   stream.polled));
  }
  if (change.drop_pending) {
    TOCSIN_CHECK(withdraw_all(work, stream.id, "the stream was disabled"));
  }
  for (const StreamEvent& event : change.events) {
    TOCSIN_CHECK(add_own_event(work, stream, after.owner.iss, event));
  }
  work.changed(stream_id, Outbox::Change::other);
  return after;
}

Result<void> remove_stream(Work& work, const StreamOwner& owner, const std::string& stream_id) {
  TOCSIN_TRY(const RowStream stream, find_stream(work, owner, stream_id));
  Database& database = work.database;
  TOCSIN_CHECK(
      database.run("INSERT INTO leftover(stream, default_subjects) "
                   "SELECT id, default_subjects FROM stream WHERE id = ?1",
                   stream.id));
  TOCSIN_CHECK(database.run("DELETE FROM stream WHERE id = ?1", stream.id));
  TOCSIN_CHECK(database.run("DELETE FROM place WHERE stream = ?1", stream.id));
  TOCSIN_CHECK(database.run("DELETE FROM stream_type WHERE stream = ?1", stream.id));
  work.changed(stream_id, Outbox::Change::other);
  TOCSIN_TRY(const bool done, erase_leftovers(work, leftovers_now_max));
  static_cast<void>(done);  // what is left is erased in the background
  return {};
}

Result<std::vector<StreamRecord>> overdue_streams(Work& work, WallTime now, std::size_t count_max) {
  return read_records(
      work,
      work.database.query(TOCSIN_STREAM_COLUMNS
                          "WHERE s.deadline <= ?1 OR (s.idle_max IS NOT NULL AND s.status = ?2 "
                          "AND s.held = 0 AND l.active_at + s.idle_max <= ?1) LIMIT ?3",
                          milliseconds(now), static_cast<int>(StreamStatus::enabled),
                          static_cast<std::int64_t>(count_max)));
}

Result<std::vector<StreamRecord>> push_streams(Work& work, const std::string& after,
                                               std::size_t count_max) {
  return read_records(work, work.database.query(TOCSIN_STREAM_COLUMNS
                                                "WHERE s.stream_id > ?1 AND s.polled = 0 "
                                                "AND l.waiting > 0 ORDER BY s.stream_id LIMIT ?2",
                                                after, static_cast<std::int64_t>(count_max)));
}

Result<StreamRecord> push_stream(Work& work, const std::string& stream_id) {
  Query row = work.database.query(TOCSIN_STREAM_COLUMNS "WHERE s.stream_id = ?1 AND s.polled = 0",
                                  stream_id);
  TOCSIN_TRY(const bool found, row.next());
  if (!found) return Error(Errc::stream_unknown);
  TOCSIN_TRY(StreamRow read, read_record(work, row));
  return std::move(read.record);
}

Result<void> finish_status(Work& work, std::int64_t stream) {
  TOCSIN_TRY(const auto announcing,
             work.database.number(
                 "SELECT 1 FROM pending WHERE stream = ?1 AND announces = 1 LIMIT 1", stream));
  if (announcing) return {};
  StreamRow row;
  {
    Query query =
        work.database.query(TOCSIN_STREAM_COLUMNS "WHERE s.id = ?1 AND s.held = 1", stream);
    TOCSIN_TRY(const bool found, query.next());
    if (!found) return {};
    TOCSIN_TRY(row, read_record(work, query));
  }
  StreamRecord& record = row.record;
  if (!record.pending) return {};
  record.status = record.pending->status;
  record.reason = record.pending->reason;
  record.pending.reset();
  TOCSIN_CHECK(write_record(work, stream, record));
  work.changed(record.config.stream_id, Outbox::Change::other);
  if (record.status != StreamStatus::disabled) return {};
  return withdraw_all(work, stream, "the stream was disabled");
}

namespace {

// Removals reach SETs that wait (REL-12): the next ones are looked at now, the rest when they are
// selected.
Result<void> recheck_stream(Work& work, const RowStream& stream) {
  TOCSIN_CHECK(work.database.run("UPDATE place SET recheck = last WHERE stream = ?1", stream.id));
  TOCSIN_CHECK(recheck_rows(work, stream, recheck_now_max));
  work.changed(stream.stream_id, Outbox::Change::other);
  return {};
}

struct SubjectPlace {
  RowStream stream;
  SubjectChange change;
};

Result<SubjectPlace> find_place(Work& work, const SubjectRequest& request) {
  TOCSIN_TRY(RowStream stream, find_stream(work, request.owner, request.stream_id));
  TOCSIN_TRY(const auto defaults,
             work.database.number("SELECT default_subjects FROM stream WHERE id = ?1", stream.id));
  const SubjectChange change{.stream = stream.id,
                             .rule = rule_of(static_cast<DefaultSubjects>(defaults.value_or(0))),
                             .subject = request.subject,
                             .verified = request.verified,
                             .at = request.at,
                             .subjects_max = request.subjects_max};
  return SubjectPlace{.stream = std::move(stream), .change = change};
}

}  // namespace

Result<void> add_subject(Work& work, const SubjectRequest& request) {
  TOCSIN_TRY(const SubjectPlace place, find_place(work, request));
  if (place.change.rule == MatchRule::matches) return work.subjects.put(work, place.change);
  return work.subjects.drop(work, place.change);
}

Result<void> remove_subject(Work& work, const SubjectRequest& request) {
  TOCSIN_TRY(const SubjectPlace place, find_place(work, request));
  const bool added = place.change.rule == MatchRule::matches;
  if (request.at > work.clock.wall()) {
    return added ? work.subjects.drop_later(work, place.change)
                 : work.subjects.put_later(work, place.change);
  }
  TOCSIN_CHECK(added ? work.subjects.drop(work, place.change)
                     : work.subjects.put(work, place.change));
  return recheck_stream(work, place.stream);
}

Result<void> finish_removals(Work& work, WallTime now) {
  TOCSIN_TRY(const auto streams, work.subjects.finish_due(work, now, removals_max));
  for (const std::int64_t id : streams) {
    std::string stream_id;
    {
      Query row = work.database.query("SELECT stream_id FROM stream WHERE id = ?1 LIMIT 1", id);
      TOCSIN_TRY(const bool found, row.next());
      if (!found) continue;
      stream_id = row.text(0);
    }
    TOCSIN_CHECK(recheck_stream(work, {.id = id, .stream_id = std::move(stream_id)}));
  }
  return {};
}

Result<bool> erase_leftovers(Work& work, std::size_t count_max) {
  Database& database = work.database;
  std::int64_t stream = 0;
  MatchRule rule = MatchRule::matches;
  {
    Query row = database.query("SELECT stream, default_subjects FROM leftover LIMIT 1");
    TOCSIN_TRY(const bool found, row.next());
    if (!found) return true;
    stream = row.integer(0);
    rule = rule_of(static_cast<DefaultSubjects>(row.integer(1)));
  }
  const auto rows_max = static_cast<std::int64_t>(count_max);
  TOCSIN_TRY(const auto last, database.number("SELECT max(number) FROM (SELECT number FROM pending "
                                              "WHERE stream = ?1 ORDER BY number LIMIT ?2)",
                                              stream, rows_max));
  TOCSIN_CHECK(
      database.run("DELETE FROM pending WHERE stream = ?1 AND number <= ?2", stream, last));
  const bool rows_left = database.changes() == rows_max;
  TOCSIN_CHECK(database.run("DELETE FROM signed WHERE stream = ?1 AND number <= ?2", stream, last));
  TOCSIN_TRY(const std::size_t subjects, work.subjects.erase(work, stream, rule, count_max));
  if (rows_left || subjects == count_max) return false;
  TOCSIN_CHECK(database.run("DELETE FROM subject_shape WHERE stream = ?1", stream));
  TOCSIN_CHECK(database.run("DELETE FROM leftover WHERE stream = ?1", stream));
  TOCSIN_TRY(const auto others, database.number("SELECT count(*) FROM leftover"));
  return others == 0;
}

}  // namespace tocsin::store::sqlite
