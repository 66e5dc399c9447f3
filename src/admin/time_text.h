// Times as the operator's API reads them: RFC 3339, UTC, as base/time_text.h writes them.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "store/streams.h"

namespace tocsin::admin {

// Of the years 1970 to 9999; seconds may have up to three decimals, the zone is Z.
std::optional<store::WallTime> parse_time(std::string_view text);

}  // namespace tocsin::admin
