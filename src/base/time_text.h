// Wall time as text (RFC 3339), for people and for other systems.
#pragma once

#include <chrono>
#include <string>

namespace tocsin {

// "2026-11-25T08:30:00.125Z".
std::string to_time_text(std::chrono::sys_time<std::chrono::milliseconds> time);

}  // namespace tocsin
