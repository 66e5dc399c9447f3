// Streams and their subjects, inside a transaction.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "store/sqlite/outbox_rows.h"
#include "store/sqlite/work.h"
#include "store/streams.h"

namespace tocsin::store::sqlite {

// The owner's stream; stream_unknown.
Result<RowStream> find_stream(Work& work, const StreamOwner& owner, const std::string& stream_id);

Result<void> create_stream(Work& work, const StreamRecord& record, std::size_t streams_max);
Result<StreamRecord> read_stream(Work& work, const StreamOwner& owner,
                                 const std::string& stream_id);
Result<std::vector<StreamRecord>> list_streams(Work& work, const StreamOwner& owner);
Result<StreamRecord> change_stream(Work& work, const StreamOwner& owner,
                                   const std::string& stream_id, const StreamDecision& decide);
Result<void> remove_stream(Work& work, const StreamOwner& owner, const std::string& stream_id);
Result<std::vector<StreamRecord>> overdue_streams(Work& work, WallTime now, std::size_t count_max);
Result<std::vector<StreamRecord>> push_streams(Work& work, const std::string& after,
                                               std::size_t count_max);
Result<StreamRecord> push_stream(Work& work, const std::string& stream_id);

// Once nothing of the stream waits that announces a status, the status it announced is in effect
// (SSF 8.1.5).
Result<void> finish_status(Work& work, std::int64_t stream);

// A subject as a receiver adds or removes it.
struct SubjectRequest {
  const StreamOwner& owner;
  const std::string& stream_id;
  const Subject& subject;
  bool verified = false;
  WallTime at{};
  std::size_t subjects_max = 0;
};
Result<void> add_subject(Work& work, const SubjectRequest& request);
Result<void> remove_subject(Work& work, const SubjectRequest& request);

// Removals whose time has come.
Result<void> finish_removals(Work& work, WallTime now);

// Takes back what streams that are gone left behind, at most `count_max` rows; whether all is done.
Result<bool> erase_leftovers(Work& work, std::size_t count_max);

}  // namespace tocsin::store::sqlite
