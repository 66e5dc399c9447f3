#include "cli/console.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "cli/printable.h"

namespace tocsin::cli {
namespace {

bool wants_colour(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb" && ::isatty(descriptor) == 1;
}

std::string_view code_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "\x1b[32m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::doubtful:
      return "\x1b[33m";
    case Tone::plain:
      break;
  }
  return "";
}

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

std::string coloured(bool colours, Tone tone, std::string_view word) {
  const std::string_view code = code_of(tone);
  if (!colours || code.empty()) return std::string(word);
  return std::string(code) + std::string(word) + "\x1b[0m";
}

}  // namespace

Console::Console()
    : colours_results_(wants_colour(STDOUT_FILENO)),
      colours_diagnostics_(wants_colour(STDERR_FILENO)) {}

void Console::print(Tone tone, std::string_view word, std::string_view rest) {
  write(stdout, coloured(colours_results_, tone, word) + printable(rest) + "\n");
}

void Console::print_block(std::string_view lines) {
  write(stdout, lines);
  if (!lines.ends_with('\n')) write(stdout, "\n");
}

void Console::print_json(const Json& value) {
  write(stdout, printable_json(to_text(value)) + "\n");
}

void Console::diagnose(Tone tone, std::string_view word, std::string_view text) {
  std::fflush(stdout);  // on a terminal both streams are one text
  write(stderr, coloured(colours_diagnostics_, tone, word) + printable(text) + "\n");
}

Exit Console::fail(const Error& failure) {
  const Exit exit = exit_code(failure);
  // About what the user typed, the detail says it all; a defect needs its name, too.
  error(exit == Exit::usage && !failure.detail.empty() ? failure.detail : failure.to_string());
  return exit;
}

bool Console::flush() {
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

}  // namespace tocsin::cli
