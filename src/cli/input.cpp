#include "cli/input.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "app/file.h"
#include "base/try.h"

namespace tocsin::cli {
namespace {

constexpr std::size_t input_max = 1024 * 1024;  // octets

// A header is base64url of a JSON object, so a token begins with "ey" (`{"`) or "ew" (`{` and a
// line end). A file of that name can still be given as ./ey...
bool is_token(std::string_view argument) {
  return (argument.starts_with("ey") || argument.starts_with("ew")) &&
         std::count(argument.begin(), argument.end(), '.') >= 2;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const std::size_t first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(space) - first + 1));
}

}  // namespace

Result<std::string> read_input(const std::string& argument) {
  if (argument.starts_with('{') || is_token(argument)) return trimmed(argument);
  const bool is_stdin = argument.empty() || argument == "-";
  TOCSIN_TRY(const std::string text, is_stdin ? app::read_all(STDIN_FILENO, "stdin", input_max)
                                              : app::read_file(argument, input_max));
  return trimmed(text);
}

}  // namespace tocsin::cli
