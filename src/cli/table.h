// Columns for people.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"

namespace tocsin::cli {

// Every row has as many cells as the first. The last column is not filled up.
void print_table(const std::vector<std::vector<std::string>>& rows, Console& console);

}  // namespace tocsin::cli
