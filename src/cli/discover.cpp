// tocsin discover: what a transmitter says of itself, and what is wrong with it.
#include <memory>
#include <utility>

#include "base/try.h"
#include "cli/flags.h"
#include "cli/pretty.h"
#include "cli/upstream_flags.h"
#include "cli/verb.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin::cli {
namespace {

Result<Exit> run(const UpstreamFlags& flags, Console& console) {
  TOCSIN_TRY(const receiver::MetadataDocument document, app::discover_transmitter(flags.caller));
  Findings findings;
  const auto metadata = read_metadata(document.json, flags.caller.issuer, findings);
  if (console.output == Output::json) {
    JsonArray list;
    for (const Finding& finding : findings) list.emplace_back(finding.to_string());
    console.print_json(JsonObject{{"url", document.url.to_text()},
                                  {"metadata", document.json},
                                  {"findings", std::move(list)}});
  } else {
    console.note(document.url.to_text());
    console.print_block(to_pretty(document.json, {.annotated = true}));
    for (const Finding& finding : findings) console.warn(finding.to_string());
  }
  return metadata ? Exit::yes : Exit::no;
}

}  // namespace

void add_discover(CLI::App& tocsin, Program& program) {
  const auto flags = std::make_shared<UpstreamFlags>();
  CLI::App& verb = add_verb(tocsin, program, "discover", "Read a transmitter's metadata",
                            [flags](Console& console) { return run(*flags, console); });
  flags->add_place_to(verb);
  add_examples(verb, {"tocsin discover https://signals.example.com"});
}

}  // namespace tocsin::cli
