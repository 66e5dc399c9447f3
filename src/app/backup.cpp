#include "app/backup.h"

#include <filesystem>

#include "app/tenants.h"
#include "base/try.h"
#include "store/sqlite/database.h"

namespace tocsin::app {

Result<void> back_up(const Config& config, const std::string& path) {
  const std::string store = store_path(config);
  std::error_code failure;
  // Opening would make one.
  if (!std::filesystem::exists(store, failure)) {
    return Error(Errc::file_unreadable, store + ": there is no store");
  }
  TOCSIN_TRY(store::sqlite::Database database, store::sqlite::Database::open(store, {}));
  return database.copy_to(path);
}

}  // namespace tocsin::app
