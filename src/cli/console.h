// Where a verb speaks: results to stdout, diagnostics to stderr. What it prints is escaped here, so
// no verb can forget it.
#pragma once

#include <string_view>

#include "base/outer_faces.h"
#include "tocsin/finding.h"
#include "tocsin/json.h"

namespace tocsin::cli {

enum class Output { text, json };
enum class Tone { plain, good, bad, doubtful };

class Console {
 public:
  // Colours a stream if it is a terminal, unless NO_COLOR is set or TERM says dumb.
  Console();

  Output output = Output::text;

  // A line of the result: `word` in its colour, then `rest`.
  void print(Tone tone, std::string_view word, std::string_view rest = {});
  void print(std::string_view line) { print(Tone::plain, {}, line); }
  // Several lines that are safe already: JSON from to_pretty(), help, PEM.
  void print_block(std::string_view lines);
  // One line of JSON.
  void print_json(const Json& value);

  // A diagnostic line: "error: ...", "warning: ...", "note: ...".
  void error(std::string_view text) { diagnose(Tone::bad, "error: ", text); }
  void warn(std::string_view text) { diagnose(Tone::doubtful, "warning: ", text); }
  void note(std::string_view text) { diagnose(Tone::plain, "note: ", text); }

  // Says what failed; the exit code that follows.
  Exit fail(const Error& failure);

  // False if something printed did not arrive: a full disk must not look like success.
  bool flush();

 private:
  void diagnose(Tone tone, std::string_view word, std::string_view text);

  bool colours_results_;
  bool colours_diagnostics_;
};

}  // namespace tocsin::cli
