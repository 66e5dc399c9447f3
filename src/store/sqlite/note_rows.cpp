#include "store/sqlite/note_rows.h"

#include "base/try.h"

namespace tocsin::store::sqlite {
namespace {

// Settings of the store itself have no slash in their names.
std::string setting_name(const std::string& name) {
  return "note/" + name;
}

}  // namespace

Result<std::optional<std::string>> read_note(Work& work, const std::string& name) {
  Query row = work.database.query("SELECT value FROM setting WHERE name = ?1", setting_name(name));
  TOCSIN_TRY(const bool found, row.next());
  if (!found) return std::optional<std::string>();
  return std::optional(row.text(0));
}

Result<void> write_note(Work& work, const std::string& name, const std::string& text) {
  return work.database.run(
      "INSERT INTO setting(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = "
      "excluded.value",
      setting_name(name), Blob{text});
}

}  // namespace tocsin::store::sqlite
