// JSON for people: indented, times explained, long texts cut.
#pragma once

#include <chrono>
#include <string>

#include "tocsin/json.h"

namespace tocsin::cli {

// Safe for a terminal; no line end at the end.
struct PrettyStyle {
  // Behind a time its date as a comment, and long texts cut: for reading only, no JSON any more.
  bool annotated = false;
};
std::string to_pretty(const Json& value, const PrettyStyle& style = {});

// "2026-11-20T10:00:00Z"; the number of seconds outside the years 0 to 9999.
std::string to_date(std::chrono::sys_seconds time);

}  // namespace tocsin::cli
