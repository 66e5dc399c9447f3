// What nobody needs any more, inside a transaction.
#pragma once

#include <cstddef>

#include "store/sqlite/work.h"

namespace tocsin::store::sqlite {

struct Erased {
  std::size_t expired = 0;  // pending rows past their retention (REL-13)
  std::size_t settled = 0;  // terminal rows past theirs
  std::size_t events = 0;   // payloads (SEC-60)
  std::size_t hashes = 0;   // of producer keys, received SETs and names used once
  bool more = false;        // there is more to do: call again
};

// At most about `count_max` rows of each kind.
Result<Erased> erase_expired(Work& work, WallTime now, std::size_t count_max);

}  // namespace tocsin::store::sqlite
