// The store that a configuration names.
#pragma once

#include <memory>

#include "app/config.h"
#include "app/machine.h"
#include "store/sqlite/sqlite_store.h"

namespace tocsin::app {

// Errors: those of open_store_key() and of store::SqliteStore::open(). `machine` outlives it.
Result<std::unique_ptr<store::SqliteStore>> open_store(const Config& config, Machine& machine);

}  // namespace tocsin::app
