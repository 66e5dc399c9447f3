#include "store/sqlite/trouble_rows.h"

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/try.h"

namespace tocsin::store::sqlite {
namespace {

using Refused = std::map<std::int64_t, bool>;

// Numbers with a blank behind each; negative: rejected. Numbers begin at 1.
std::string refused_text(const Refused& refused) {
  std::string text;
  for (const auto& [number, is_rejected] : refused) {
    text += std::to_string(is_rejected ? -number : number) + ' ';
  }
  return text;
}

Result<Refused> read_refused(std::string_view text) {
  Refused refused;
  while (!text.empty()) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop == end || *stop != ' ') {
      return Error(Errc::store_schema, "a stream's refusals are damaged");
    }
    refused.emplace(number < 0 ? -number : number, number < 0);
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  }
  return refused;
}

}  // namespace

Result<void> record_trouble(Work& work, std::int64_t stream, const PushTrouble& trouble) {
  if (trouble == PushTrouble()) return forget_trouble(work, stream);
  std::optional<std::int64_t> since;
  if (trouble.failing_since) since = milliseconds(*trouble.failing_since);
  return work.database.run(
      "INSERT OR REPLACE INTO trouble(stream, failing_since, refuses_all, refused) "
      "SELECT id, ?2, ?3, ?4 FROM stream WHERE id = ?1 AND status = ?5",
      stream, since, trouble.refuses_all, refused_text(trouble.refused),
      static_cast<int>(StreamStatus::enabled));
}

Result<void> forget_trouble(Work& work, std::int64_t stream) {
  return work.database.run("DELETE FROM trouble WHERE stream = ?1", stream);
}

Result<PushTrouble> read_trouble(const Query& row, int column) {
  PushTrouble trouble;
  if (row.is_null(column + 1)) return trouble;
  if (!row.is_null(column)) trouble.failing_since = wall_time(row.integer(column));
  trouble.refuses_all = row.integer(column + 1) != 0;
  TOCSIN_TRY(trouble.refused, read_refused(row.view(column + 2)));
  return trouble;
}

}  // namespace tocsin::store::sqlite
