// Fills the tables of a store as a benchmark needs them: by the store's own functions, but as one
// transaction that fits in memory, so that a million rows take seconds.
#pragma once

#include <functional>
#include <string>

#include "jose/secret_box.h"
#include "store/sqlite/work.h"

namespace tocsin::bench {

// `key` has 32 octets. Nobody has the store open meanwhile; if there is none, it is made.
void fill_store(const std::string& path, const std::string& key,
                const std::function<Result<void>(store::sqlite::Work&)>& job);

}  // namespace tocsin::bench
