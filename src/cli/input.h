// What a verb works on: given as an argument, in a file, or on stdin.
#pragma once

#include <string>

#include "tocsin/result.h"

namespace tocsin::cli {

// The text `argument` stands for: itself if it is a JSON object or a compact token, stdin if it is
// empty or "-", else the content of the file it names. White space around it is dropped.
Result<std::string> read_input(const std::string& argument);

}  // namespace tocsin::cli
