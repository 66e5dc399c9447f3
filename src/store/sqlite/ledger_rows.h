// The operator's view, inside a transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/ledger.h"
#include "store/sqlite/work.h"

namespace tocsin::store::sqlite {

Result<LedgerPage> list_rows(Work& work, const LedgerQuery& query);
Result<std::optional<LedgerDetail>> find_row(Work& work, const std::string& stream_id,
                                             std::int64_t number);
Result<std::vector<bool>> retry_rows(Work& work, const Actor& actor, const std::string& stream_id,
                                     const std::vector<std::int64_t>& numbers);
Result<std::vector<bool>> drop_rows(Work& work, const Actor& actor, const std::string& stream_id,
                                    const std::vector<std::int64_t>& numbers,
                                    const std::string& reason);
Result<EventPage> list_events(Work& work, const EventQuery& query);

// Nothing: there is no such stream.
struct Replay {
  std::string stream_id;
  std::vector<std::int64_t> places;
  bool dry_run = false;
};
Result<std::optional<std::size_t>> replay_events(Work& work, const Actor& actor,
                                                 const Replay& replay);

Result<std::vector<AuditRecord>> list_audit(Work& work, const AuditQuery& query);

}  // namespace tocsin::store::sqlite
