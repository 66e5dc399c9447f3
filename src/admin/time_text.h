// Times as the operator's API writes them: RFC 3339, UTC, "2026-11-25T08:30:00.125Z".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "store/streams.h"

namespace tocsin::admin {

std::string to_text(store::WallTime time);

// Of the years 1970 to 9999; seconds may have up to three decimals, the zone is Z.
std::optional<store::WallTime> parse_time(std::string_view text);

}  // namespace tocsin::admin
