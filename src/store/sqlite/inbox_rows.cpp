#include "store/sqlite/inbox_rows.h"

#include "base/try.h"

namespace tocsin::store::sqlite {

Result<Admission> admit(Work& work, const InboxEntry& entry) {
  Database& database = work.database;
  const std::string name = short_hash(joined({entry.iss, entry.jti}));
  TOCSIN_CHECK(database.run(
      "INSERT INTO inbox_seen(name, received_at) VALUES(?1, ?2) ON CONFLICT DO NOTHING", Blob{name},
      milliseconds(entry.received_at)));
  if (database.changes() == 0) return Admission::repeated;
  TOCSIN_CHECK(database.run(
      "INSERT INTO inbox(upstream, iss, jti, compact, received_at) VALUES(?1, ?2, ?3, ?4, ?5)",
      entry.upstream, entry.iss, entry.jti, entry.compact, milliseconds(entry.received_at)));
  return Admission::accepted;
}

Result<bool> has_seen(Work& work, const std::string& iss, const std::string& jti) {
  TOCSIN_TRY(const auto row, work.database.number("SELECT 1 FROM inbox_seen WHERE name = ?1",
                                                  Blob{short_hash(joined({iss, jti}))}));
  return row.has_value();
}

Result<std::vector<InboxRow>> inbox_behind(Work& work, std::int64_t place, std::size_t count_max) {
  Query query = work.database.query(
      "SELECT id, upstream, iss, jti, compact, received_at FROM inbox WHERE id > ?1 ORDER BY id "
      "LIMIT ?2",
      place, static_cast<std::int64_t>(count_max));
  std::vector<InboxRow> rows;
  std::size_t octets = 0;
  while (octets < Inbox::read_octets_max) {
    TOCSIN_TRY(const bool found, query.next());
    if (!found) break;
    rows.push_back({query.integer(0),
                    {.upstream = query.text(1),
                     .iss = query.text(2),
                     .jti = query.text(3),
                     .compact = query.text(4),
                     .received_at = WallTime(std::chrono::milliseconds(query.integer(5)))}});
    octets += rows.back().entry.compact.size();
  }
  return rows;
}

// The last row stays: its id is what keeps places from being given twice.
Result<std::size_t> erase_inbox(Work& work, WallTime before, std::int64_t place,
                                std::size_t count_max) {
  TOCSIN_CHECK(work.database.run(
      "DELETE FROM inbox WHERE id IN (SELECT id FROM (SELECT id, received_at FROM inbox WHERE "
      "id <= ?2 AND id < (SELECT max(id) FROM inbox) ORDER BY id LIMIT ?3) "
      "WHERE received_at < ?1)",
      milliseconds(before), place, static_cast<std::int64_t>(count_max)));
  return static_cast<std::size_t>(work.database.changes());
}

}  // namespace tocsin::store::sqlite
