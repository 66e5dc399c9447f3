#include "store/sqlite/backlog.h"

#include "base/try.h"

namespace tocsin::store::sqlite {
namespace {

std::uint64_t count_of(const Query& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

Result<std::vector<StreamGroup>> read_groups(Database& database) {
  std::vector<StreamGroup> groups;
  Query rows = database.query(
      "SELECT s.polled, s.status, count(*), sum(l.waiting), sum(l.octets) FROM stream s "
      "JOIN place l ON l.stream = s.id GROUP BY s.polled, s.status");
  while (true) {
    TOCSIN_TRY(const bool row, rows.next());
    if (!row) return groups;
    groups.push_back({.polled = rows.integer(0) != 0,
                      .status = static_cast<StreamStatus>(rows.integer(1)),
                      .streams = count_of(rows, 2),
                      .sets = count_of(rows, 3),
                      .octets = count_of(rows, 4)});
  }
}

// Events are numbered in the order of acceptance, so the first rows by event are the oldest.
Result<std::vector<StreamBacklog>> read_streams(Database& database, std::size_t streams_max) {
  std::vector<StreamBacklog> streams;
  Query rows = database.query(
      "WITH worst(stream) AS ("
      "SELECT stream FROM (SELECT stream FROM place WHERE waiting > 0 ORDER BY waiting DESC "
      "LIMIT ?1) "
      "UNION SELECT stream FROM (SELECT DISTINCT stream FROM (SELECT stream FROM pending INDEXED "
      "BY pending_event ORDER BY event LIMIT 1000) LIMIT ?1)) "
      "SELECT s.stream_id, l.waiting, l.octets, coalesce((SELECT e.accepted_at FROM pending p "
      "JOIN event e ON e.id = p.event WHERE p.stream = s.id ORDER BY p.number LIMIT 1), 0) "
      "FROM worst w JOIN stream s ON s.id = w.stream JOIN place l ON l.stream = s.id",
      static_cast<std::int64_t>(streams_max));
  while (true) {
    TOCSIN_TRY(const bool row, rows.next());
    if (!row) return streams;
    streams.push_back({.stream_id = rows.text(0),
                       .sets = count_of(rows, 1),
                       .octets = count_of(rows, 2),
                       .oldest = wall_time(rows.integer(3))});
  }
}

}  // namespace

Result<Backlog> read_backlog(Work& work, std::size_t streams_max) {
  Database& database = work.database;
  Backlog backlog;
  TOCSIN_TRY(backlog.groups, read_groups(database));
  TOCSIN_TRY(backlog.streams, read_streams(database, streams_max));
  TOCSIN_TRY(const auto oldest,
             database.number("SELECT e.accepted_at FROM pending p INDEXED BY pending_event "
                             "JOIN event e ON e.id = p.event ORDER BY p.event LIMIT 1"));
  if (oldest) backlog.oldest = wall_time(*oldest);
  TOCSIN_TRY(const auto dead,
             database.number("SELECT count(*) FROM (SELECT 1 FROM settled WHERE state = 1 AND "
                             "state <> 0 LIMIT ?1)",
                             dead_letters_max));
  backlog.dead_letters = static_cast<std::uint64_t>(dead.value_or(0));
  TOCSIN_TRY(const auto pages, database.number("PRAGMA page_count"));
  TOCSIN_TRY(const auto page_size, database.number("PRAGMA page_size"));
  backlog.database_octets = static_cast<std::uint64_t>(pages.value_or(0) * page_size.value_or(0));
  return backlog;
}

}  // namespace tocsin::store::sqlite
