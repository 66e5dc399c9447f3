// SETs seen, inside a transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "store/inbox.h"
#include "store/sqlite/work.h"

namespace tocsin::store::sqlite {

Result<Admission> admit(Work& work, const InboxEntry& entry);
Result<bool> has_seen(Work& work, const std::string& iss, const std::string& jti);
Result<std::vector<InboxRow>> inbox_behind(Work& work, std::int64_t place, std::size_t count_max);
Result<std::size_t> erase_inbox(Work& work, WallTime before, std::int64_t place,
                                std::size_t count_max);

}  // namespace tocsin::store::sqlite
