// Dates as HTTP spells them. Reading only: what we send never holds one that matters here.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tocsin::delivery {

// One of the three forms of RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT", and the
// obsolete "Sunday, 06-Nov-94 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994". `now` decides the
// century of a year of two digits: never more than 50 years ahead. The name of the day is not
// compared with the date; a leap second counts as the second after it.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text,
                                                        std::chrono::sys_seconds now);

}  // namespace tocsin::delivery
