#include "app/migration.h"

#include <filesystem>

#include "app/tenants.h"
#include "base/try.h"
#include "store/sqlite/lock_file.h"
#include "store/sqlite/schema.h"

namespace tocsin::app {
namespace {

using store::sqlite::Database;

// Opening would make one.
Result<void> judge_presence(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::exists(path, failure)) return {};
  return Error(Errc::file_unreadable, path + ": there is no store");
}

Result<StoreSchema> schema_of(Database& database, const std::string& path) {
  TOCSIN_TRY(const auto versions, store::sqlite::schema_versions(database));
  return StoreSchema{.path = path, .have = versions.have, .need = versions.need};
}

}  // namespace

Result<StoreSchema> read_schema(const Config& config) {
  const std::string path = store_path(config);
  TOCSIN_CHECK(judge_presence(path));
  TOCSIN_TRY(Database database, Database::open(path, {}));
  return schema_of(database, path);
}

Result<StoreSchema> migrate_store(const Config& config) {
  const std::string path = store_path(config);
  TOCSIN_CHECK(judge_presence(path));
  TOCSIN_TRY(const auto lock, store::sqlite::LockFile::take(path + ".lock"));
  TOCSIN_TRY(Database database, Database::open(path, {}));
  TOCSIN_TRY(StoreSchema schema, schema_of(database, path));
  TOCSIN_CHECK(store::sqlite::migrate(database));
  return schema;
}

}  // namespace tocsin::app
