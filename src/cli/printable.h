// Text from outside, made safe for a terminal: it cannot move the cursor, change colours, forge a
// line, or show itself in another order than it has.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin::cli {

inline constexpr std::size_t printable_max = 2048;  // octets of `text` that are shown

// One line. Control characters (line ends and tabs, too), bidirectional and invisible formatting
// characters and bytes that are no UTF-8 become \x1b or \u{202e}; text over the limit is cut, and
// the cut shown.
std::string printable(std::string_view text, std::size_t octets_max = printable_max);

// The same for JSON text, by JSON's own escapes, so its value stays what it was. Line ends between
// the tokens stay, nothing is cut. `json` is valid JSON.
std::string printable_json(std::string_view json);

}  // namespace tocsin::cli
