#include "cli/store_key_flag.h"

#include <utility>

#include "app/store_key.h"
#include "base/try.h"
#include "cli/secret_reference.h"

namespace tocsin::cli {

CLI::Option* StoreKeyFlag::add_to(CLI::App& verb, const std::string& description) {
  return verb.add_option("--store-key", reference, description)->type_name("REFERENCE");
}

Result<StoreKey> StoreKeyFlag::open() const {
  if (reference.empty()) return StoreKey();
  TOCSIN_TRY(const app::SecretReference place, read_secret_reference("--store-key", reference));
  TOCSIN_TRY(jose::SecretBox box, app::open_store_key(place));
  return StoreKey(std::move(box));
}

}  // namespace tocsin::cli
