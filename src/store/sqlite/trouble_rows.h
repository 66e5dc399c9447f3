// What pushing to a stream came to, inside a transaction (REL-08, REL-09).
#pragma once

#include <cstdint>

#include "store/sqlite/work.h"
#include "store/streams.h"

namespace tocsin::store::sqlite {

// Replaces what was known. A stream that is not enabled has none.
Result<void> record_trouble(Work& work, std::int64_t stream, const PushTrouble& trouble);

Result<void> forget_trouble(Work& work, std::int64_t stream);

// From the columns failing_since, refuses_all and refused of a LEFT JOIN, `column` and the next.
Result<PushTrouble> read_trouble(const Query& row, int column);

}  // namespace tocsin::store::sqlite
