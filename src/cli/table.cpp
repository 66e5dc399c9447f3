#include "cli/table.h"

#include <algorithm>

namespace tocsin::cli {

void print_table(const std::vector<std::vector<std::string>>& rows, Console& console) {
  std::vector<std::size_t> widths(rows.empty() ? 0 : rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    }
    console.print(line + row.back());
  }
}

}  // namespace tocsin::cli
