// The operator's view, inside a transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "store/ledger.h"
#include "store/sqlite/work.h"

namespace tocsin::store::sqlite {

Result<LedgerPage> list_rows(Work& work, const LedgerQuery& query);
Result<void> retry_rows(Work& work, const std::string& stream_id,
                        const std::vector<std::int64_t>& numbers);
Result<void> drop_rows(Work& work, const std::string& stream_id,
                       const std::vector<std::int64_t>& numbers, const std::string& note);
Result<std::vector<LedgerEvent>> list_events(Work& work, WallTime from, WallTime until,
                                             std::int64_t after, std::size_t count_max);
Result<std::size_t> replay_events(Work& work, const std::string& stream_id,
                                  const std::vector<std::int64_t>& places);

}  // namespace tocsin::store::sqlite
