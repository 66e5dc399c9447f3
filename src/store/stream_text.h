// A stream's record as text, for whatever keeps it. Ours alone: it holds what we decided, whole,
// and is read back without judging it again.
#pragma once

#include <string>
#include <string_view>

#include "store/streams.h"

namespace tocsin::store {

// Without what a store keeps in places of its own: owner, stream_id, status, default_subjects,
// active_at, and authorization_header, which is a secret.
std::string stream_text(const StreamRecord& record);

// Fills the rest of `record`. store_schema: the text is not ours.
Result<void> read_stream_text(std::string_view text, StreamRecord& record);

}  // namespace tocsin::store
