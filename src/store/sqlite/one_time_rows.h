// Names that may be used once, inside a transaction.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "store/sqlite/work.h"

namespace tocsin::store::sqlite {

Result<bool> use_once(Work& work, const std::string& name, std::chrono::sys_seconds until);

// How many were forgotten, of the `count_max` that came first.
Result<std::size_t> forget_names(Work& work, WallTime now, std::size_t count_max);

}  // namespace tocsin::store::sqlite
