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

}  // namespace tocsin::store::sqlite
