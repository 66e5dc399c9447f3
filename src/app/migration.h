// The schema of the store: which one it has, and bringing it up to this version (REL-24).
#pragma once

#include <cstddef>
#include <string>

#include "app/config.h"
#include "tocsin/result.h"

namespace tocsin::app {

struct StoreSchema {
  std::string path;  // of the database
  std::size_t have = 0;
  std::size_t need = 0;
};

// Errors of both: file_unreadable (there is no store), file_mode, store_unavailable, and
// store_schema: a newer version made it, or another program; it is left as it is.

// Changes nothing, and may be asked while a process serves from the store.
Result<StoreSchema> read_schema(const Config& config);

// What the store had before. store_unavailable, too, while a process serves from it.
Result<StoreSchema> migrate_store(const Config& config);

}  // namespace tocsin::app
