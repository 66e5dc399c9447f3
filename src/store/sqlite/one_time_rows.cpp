#include "store/sqlite/one_time_rows.h"

#include "base/try.h"

namespace tocsin::store::sqlite {
namespace {

constexpr std::chrono::hours clock_jump_max{1};  // REL-21

}  // namespace

// Rows go about in the order in which they came, so the span of their ids bounds their count
// without counting them.
Result<bool> use_once(Work& work, const std::string& name, std::chrono::sys_seconds until) {
  Database& database = work.database;
  TOCSIN_CHECK(
      database.run("INSERT INTO one_time_name(name, until) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
                   Blob{short_hash(name)}, milliseconds(until)));
  if (database.changes() == 0) return false;
  TOCSIN_TRY(const auto span, database.number("SELECT (SELECT max(id) FROM one_time_name) - "
                                              "(SELECT min(id) FROM one_time_name) + 1"));
  if (span.value_or(0) > work.limits.one_time_names_max) {
    return Error(Errc::overloaded, "names that may be used once");
  }
  return true;
}

Result<std::size_t> forget_names(Work& work, WallTime now, std::size_t count_max) {
  TOCSIN_CHECK(work.database.run(
      "DELETE FROM one_time_name WHERE id IN (SELECT id FROM (SELECT id, until FROM one_time_name "
      "ORDER BY id LIMIT ?2) WHERE until <= ?1)",
      milliseconds(now - clock_jump_max), static_cast<std::int64_t>(count_max)));
  return static_cast<std::size_t>(work.database.changes());
}

}  // namespace tocsin::store::sqlite
