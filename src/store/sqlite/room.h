// Whether there is room for more events. What is accepted must leave room for what becomes of it
// (REL-14): signatures, acknowledgements and attempts go on where accept() is refused.
#pragma once

#include <cstdint>
#include <string>

#include "store/sqlite/database.h"

namespace tocsin::store::sqlite {

struct RoomLimits {
  std::string path{};         // of the database
  std::int64_t free_min = 0;  // octets of its disk that stay free
};

// store_full: the database fills 85 % of what it may fill, which is its own bound or the process's
// bound for every file (RLIMIT_FSIZE), whichever is less; or its disk has no more than `free_min`.
// `detail` says which.
Result<void> check_room(Database& database, const RoomLimits& limits);

}  // namespace tocsin::store::sqlite
