#include "store/sqlite/housekeeping.h"

#include <string>
#include <vector>

#include "base/try.h"
#include "store/sqlite/one_time_rows.h"
#include "store/sqlite/outbox_rows.h"
#include "store/sqlite/subject_index.h"

namespace tocsin::store::sqlite {
namespace {

struct Old {
  RowKey key;
  std::string stream_id;
  delivery::AttemptHistory history{};
};

// Events are numbered in the order of acceptance, so the old ones are the first.
Result<std::vector<Old>> old_pending(Database& database, WallTime before, std::int64_t count_max) {
  std::vector<Old> rows;
  Query query = database.query(
      "SELECT p.stream, p.number, s.stream_id, p.failures, p.refusals FROM pending p "
      "INDEXED BY pending_event JOIN event e ON e.id = p.event JOIN stream s ON s.id = p.stream "
      "WHERE p.event <= (SELECT max(id) FROM (SELECT id, accepted_at FROM event ORDER BY id LIMIT "
      "?2) WHERE accepted_at < ?1) AND e.accepted_at < ?1 ORDER BY p.event LIMIT ?2",
      milliseconds(before), count_max);
  while (true) {
    TOCSIN_TRY(const bool row, query.next());
    if (!row) return rows;
    rows.push_back({.key = {query.integer(0), query.integer(1)},
                    .stream_id = query.text(2),
                    .history = {.failures = static_cast<unsigned>(query.integer(3)),
                                .refusals = static_cast<unsigned>(query.integer(4))}});
  }
}

Result<std::size_t> run_counted(Database& database, Query query) {
  TOCSIN_CHECK(query.finish());
  return static_cast<std::size_t>(database.changes());
}

}  // namespace

Result<Erased> erase_expired(Work& work, WallTime now, std::size_t count_max) {
  Database& database = work.database;
  const auto rows_max = static_cast<std::int64_t>(count_max);
  Erased erased;

  TOCSIN_TRY(const auto old, old_pending(database, now - work.limits.pending_retention, rows_max));
  for (const Old& row : old) {
    TOCSIN_CHECK(
        settle_row(work, row.key, SettledState::expired, row.history, "its retention ended"));
    work.changed(row.stream_id, Outbox::Change::other);
  }
  erased.expired = old.size();

  const std::int64_t payload_end = milliseconds(now - work.limits.payload_retention);
  TOCSIN_TRY(
      erased.settled,
      run_counted(database,
                  database.query("DELETE FROM settled WHERE id IN (SELECT id FROM (SELECT id, "
                                 "settled_at FROM settled ORDER BY id LIMIT ?2) "
                                 "WHERE settled_at <= ?1)",
                                 payload_end, rows_max)));
  TOCSIN_TRY(
      erased.events,
      run_counted(database,
                  database.query("DELETE FROM event WHERE id IN (SELECT id FROM event e "
                                 "WHERE e.accepted_at <= ?1 "
                                 "AND NOT EXISTS (SELECT 1 FROM pending p WHERE p.event = e.id) "
                                 "AND NOT EXISTS (SELECT 1 FROM settled d WHERE d.event = e.id) "
                                 "ORDER BY id LIMIT ?2)",
                                 payload_end, rows_max)));

  const std::int64_t hashes_end = milliseconds(now - work.limits.dedup_retention);
  TOCSIN_TRY(const std::size_t keys,
             run_counted(database,
                         database.query("DELETE FROM producer_key WHERE name IN (SELECT name FROM "
                                        "producer_key WHERE accepted_at < ?1 LIMIT ?2)",
                                        hashes_end, rows_max)));
  TOCSIN_TRY(
      const std::size_t seen,
      run_counted(database, database.query("DELETE FROM inbox_seen WHERE name IN (SELECT name FROM "
                                           "inbox_seen WHERE received_at < ?1 LIMIT ?2)",
                                           hashes_end, rows_max)));
  TOCSIN_TRY(const std::size_t names, forget_names(work, now, count_max));
  erased.hashes = keys + seen + names;
  erased.more = erased.expired == count_max || erased.settled == count_max ||
                erased.events == count_max || keys == count_max || seen == count_max ||
                names == count_max;
  TOCSIN_CHECK(work.subjects.load(database));
  return erased;
}

}  // namespace tocsin::store::sqlite
