#include "app/open_store.h"

#include <utility>

#include "app/store_key.h"
#include "app/tenants.h"
#include "base/try.h"

namespace tocsin::app {

Result<std::unique_ptr<store::SqliteStore>> open_store(const Config& config, Machine& machine) {
  TOCSIN_TRY(jose::SecretBox box, open_store_key(config.store.key));
  store::SqliteConfig sqlite;
  sqlite.path = store_path(config);
  sqlite.octets_max = static_cast<std::int64_t>(config.store.octets_max);
  sqlite.free_min = static_cast<std::int64_t>(config.store.disk_free_min);
  return store::SqliteStore::open(sqlite, std::move(box), machine.clock, machine.random);
}

}  // namespace tocsin::app
