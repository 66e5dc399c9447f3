// tocsin event: what was handed in to a transmitter, and handing it on once more.
#include <algorithm>
#include <memory>

#include "base/try.h"
#include "cli/admin_flags.h"
#include "cli/flags.h"
#include "cli/shorthand.h"
#include "cli/table.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

constexpr std::size_t places_max = 1000;         // of one request
constexpr std::size_t selected_max = 1'000'000;  // of one command

struct Options {
  AdminFlags admin;
  std::string event_id;
  std::string type;
  std::string subject;
  std::string from;
  std::string until;
  std::size_t limit = 100;
  std::string stream_id;
  std::string jti;
  bool dry_run = false;
};

Result<AdminList> find_events(const Options& options, const app::AdminCaller& caller,
                              const std::string& event_id, std::size_t count_max) {
  std::string type = options.type;
  if (!type.empty()) {
    TOCSIN_TRY(type, parse_event_type(type));
  }
  std::string subject;
  if (!options.subject.empty()) {
    TOCSIN_TRY(const Json parsed, parse_subject_text(options.subject));
    subject = to_text(parsed);
  }
  return list_admin(caller,
                    admin_target("/admin/events", {{"event_id", event_id},
                                                   {"type", type},
                                                   {"subject", subject},
                                                   {"from", options.from},
                                                   {"until", options.until}}),
                    "events", count_max);
}

Result<Exit> list(const Options& options, Console& console) {
  TOCSIN_TRY(const app::AdminCaller caller, options.admin.finish(console));
  TOCSIN_TRY(AdminList found, find_events(options, caller, options.event_id, options.limit));
  if (found.more) console.note("there are more; --limit shows more of them");
  if (console.output == Output::json) {
    console.print_json(JsonObject{{"events", std::move(found.items)}, {"more", found.more}});
    return Exit::yes;
  }
  std::vector<std::vector<std::string>> rows{{"EVENT", "ACCEPTED", "TYPE", "ISSUER"}};
  for (const Json& item : found.items) {
    rows.push_back({text_of(item, "event_id"), text_of(item, "accepted_at"),
                    to_short_event_type(text_of(item, "type")), text_of(item, "iss")});
  }
  print_table(rows, console);
  return Exit::yes;
}

// The event that went out in the SET with this jti, whatever became of it.
Result<std::string> event_of(const std::string& jti, const app::AdminCaller& caller) {
  for (const char* state : {"rejected", "expired", "withdrawn", "pending", "delivered"}) {
    const std::string target = admin_target("/admin/deliveries", {{"state", state}, {"jti", jti}});
    TOCSIN_TRY(const AdminList found, list_admin(caller, target, "deliveries", 1));
    if (!found.items.empty()) return text_of(found.items.front(), "event_id");
  }
  return Error(Errc::http_not_found, "no SET has this jti");
}

// The places of the events to hand on, in the order of acceptance.
Result<JsonArray> select(const Options& options, const app::AdminCaller& caller) {
  if (options.event_id.empty() && options.jti.empty() && options.type.empty() &&
      options.subject.empty() && options.from.empty() && options.until.empty()) {
    return Error(Errc::config_invalid,
                 "--event, --jti, --type, --subject, --from or --until to choose");
  }
  std::string event_id = options.event_id;
  if (!options.jti.empty()) {
    TOCSIN_TRY(event_id, event_of(options.jti, caller));
  }
  TOCSIN_TRY(const AdminList found, find_events(options, caller, event_id, selected_max));
  JsonArray places;
  for (const Json& item : found.items) places.emplace_back(number_of(item, "place"));
  return places;
}

Result<Exit> replay(const Options& options, Console& console) {
  TOCSIN_TRY(const app::AdminCaller caller, options.admin.finish(console));
  TOCSIN_TRY(const JsonArray places, select(options, caller));
  std::int64_t replayed = 0;
  for (std::size_t first = 0; first < places.size(); first += places_max) {
    const auto begin = places.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t count = std::min(places_max, places.size() - first);
    TOCSIN_TRY(
        JsonObject answer,
        app::post_admin(caller, "/admin/replays",
                        {{"stream_id", options.stream_id},
                         {"places", JsonArray(begin, begin + static_cast<std::ptrdiff_t>(count))},
                         {"dry_run", options.dry_run}}));
    replayed += number_of(Json(std::move(answer)), "replayed");
  }
  if (console.output == Output::json) {
    console.print_json(JsonObject{{"found", static_cast<std::int64_t>(places.size())},
                                  {"replayed", replayed},
                                  {"dry_run", options.dry_run}});
  } else {
    console.print("found " + std::to_string(places.size()) +
                  (options.dry_run ? ", would be replayed " : ", replayed ") +
                  std::to_string(replayed));
  }
  return Exit::yes;
}

void add_filters(CLI::App& verb, Options& options) {
  options.admin.add_to(verb);
  verb.add_option("--event", options.event_id, "The event_id its producer got")->type_name("ID");
  verb.add_option("--type", options.type, "Event type: a URI, or like caep:session-revoked")
      ->type_name("TYPE");
  verb.add_option("--subject", options.subject, "Who it is about, like email:jdoe@example.com")
      ->type_name("SUBJECT");
  verb.add_option("--from", options.from, "Accepted then or later: 2026-11-25T08:30:00Z")
      ->type_name("TIME");
  verb.add_option("--until", options.until, "Accepted then or earlier")->type_name("TIME");
}

}  // namespace

void add_event_list(CLI::App& event, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_verb(event, program, "list", "List what was handed in",
                            [options](Console& console) { return list(*options, console); });
  add_filters(verb, *options);
  verb.add_option("--limit", options->limit, "At most so many")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, selected_max).description(""))
      ->type_name("N");
  add_examples(verb, {"tocsin event list --config signals/tocsin.toml \\\n"
                      "    --subject email:jdoe@example.com"});
}

void add_event_replay(CLI::App& event, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb =
      add_verb(event, program, "replay", "Hand events on to a stream again, as new SETs",
               [options](Console& console) { return replay(*options, console); });
  add_filters(verb, *options);
  verb.add_option("--jti", options->jti, "The event that went out in this SET")->type_name("JTI");
  verb.add_option("--stream", options->stream_id, "The stream that is to get them")
      ->required()
      ->type_name("ID");
  verb.add_flag("--dry-run", options->dry_run, "Only say how many it would get");
  add_examples(verb, {"tocsin event replay --config signals/tocsin.toml --stream 5GHz0f-WEQ \\\n"
                      "    --from 2026-11-25T06:00:00Z --until 2026-11-25T07:00:00Z --dry-run"});
}

}  // namespace tocsin::cli
