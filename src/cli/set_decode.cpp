// tocsin set decode: what a SET says, without asking whether it is true.
#include <algorithm>
#include <memory>
#include <string_view>

#include "base/base64url.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/input.h"
#include "cli/pretty.h"
#include "cli/verb.h"
#include "set/claims.h"

namespace tocsin::cli {
namespace {

constexpr std::string_view not_verified =
    "not verified: the signature was not checked, anybody can have written this";

std::vector<std::string_view> split(std::string_view compact) {
  std::vector<std::string_view> segments;
  while (true) {
    const std::size_t dot = compact.find('.');
    segments.push_back(compact.substr(0, dot));
    if (dot == std::string_view::npos) return segments;
    compact.remove_prefix(dot + 1);
  }
}

Result<Json> read_segment(std::string_view segment) {
  TOCSIN_TRY(const std::string text, base64url_decode(segment));
  return parse_json(text, claims_limits);
}

// One segment of the token, for printing; a segment that cannot be read does not hide the others.
bool show(std::string_view name, const Result<Json>& json, JsonObject& result, Console& console) {
  if (!json) {
    console.error(std::string(name) + ": " + json.error().to_string());
    return false;
  }
  if (console.output == Output::json) {
    result.insert_or_assign(std::string(name), *json);
  } else {
    console.print_block(std::string(name) + " " + to_pretty(*json, {.annotated = true}));
  }
  return true;
}

Result<Exit> run(const std::string& argument, Console& console) {
  TOCSIN_TRY(const std::string compact, read_input(argument));
  const auto segments = split(compact);
  const bool is_encrypted = segments.size() == 5;
  if (segments.size() != 3 && !is_encrypted) {
    return Error(Errc::jose_serialization,
                 "a SET has three segments, this has " + std::to_string(segments.size()));
  }
  JsonObject result{{"verified", false}};
  if (console.output == Output::text) console.print(Tone::doubtful, not_verified);
  bool is_readable = show("header", read_segment(segments[0]), result, console);
  if (is_encrypted) {
    console.note("the token is encrypted: only its header can be shown");
  } else {
    is_readable &= show("claims", read_segment(segments[1]), result, console);
  }
  if (console.output == Output::json) console.print_json(result);
  if (!is_readable) console.note("`tocsin set lint` says more");
  return is_readable ? Exit::yes : Exit::no;
}

}  // namespace

void add_set_decode(CLI::App& set, Program& program) {
  const auto argument = std::make_shared<std::string>();
  CLI::App& verb = add_verb(set, program, "decode", "Show a SET's content without verifying it",
                            [argument](Console& console) { return run(*argument, console); });
  verb.add_option("SET", *argument, "The compact token: a file, `-` for stdin, or the text itself");
  add_examples(verb, {"tocsin set decode set.jwt", "tocsin set decode --output json < set.jwt"});
}

}  // namespace tocsin::cli
