// The tables, as numbered steps from nothing to what this version needs (REL-24).
#pragma once

#include <cstddef>

#include "store/sqlite/database.h"

namespace tocsin::store::sqlite {

struct SchemaVersions {
  std::size_t have = 0;  // 0: the database is empty
  std::size_t need = 0;
};
// Changes nothing. store_schema: as migrate().
Result<SchemaVersions> schema_versions(Database& database);

// Brings a database up to date. Each step is one transaction, so a kill leaves it before or after a
// step, and the next start goes on. store_schema: a newer version made it, or another program.
Result<void> migrate(Database& database);

}  // namespace tocsin::store::sqlite
