// The tables, as numbered steps from nothing to what this version needs (REL-24).
#pragma once

#include "store/sqlite/database.h"

namespace tocsin::store::sqlite {

// Brings a database up to date. Each step is one transaction, so a kill leaves it before or after a
// step, and the next start goes on. store_schema: a newer version made it, or another program.
Result<void> migrate(Database& database);

}  // namespace tocsin::store::sqlite
