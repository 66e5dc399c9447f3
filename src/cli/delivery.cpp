// tocsin delivery: what a transmitter owes its streams, what became of it, and what an operator may
// do about it.
#include <algorithm>
#include <memory>

#include "base/try.h"
#include "cli/admin_flags.h"
#include "cli/flags.h"
#include "cli/pretty.h"
#include "cli/shorthand.h"
#include "cli/table.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

constexpr std::size_t names_max = 1000;          // of one request
constexpr std::size_t selected_max = 1'000'000;  // of one command

struct Options {
  AdminFlags admin;
  std::string state = "pending";
  std::string stream_id;
  std::string jti;
  std::string type;
  std::string from;
  std::string until;
  std::size_t limit = 100;
  std::vector<std::string> names;
  std::string reason;
  bool dry_run = false;
};

Result<std::string> target_of(const Options& options) {
  std::string type = options.type;
  if (!type.empty()) {
    TOCSIN_TRY(type, parse_event_type(type));
  }
  return admin_target("/admin/deliveries", {{"state", options.state},
                                            {"stream_id", options.stream_id},
                                            {"jti", options.jti},
                                            {"type", type},
                                            {"from", options.from},
                                            {"until", options.until}});
}

Result<Exit> list(const Options& options, Console& console) {
  TOCSIN_TRY(const app::AdminCaller caller, options.admin.finish(console));
  TOCSIN_TRY(const std::string target, target_of(options));
  TOCSIN_TRY(AdminList found, list_admin(caller, target, "deliveries", options.limit));
  if (found.more) console.note("there are more; --limit shows more of them");
  if (console.output == Output::json) {
    console.print_json(JsonObject{{"deliveries", std::move(found.items)}, {"more", found.more}});
    return Exit::yes;
  }
  std::vector<std::vector<std::string>> rows{{"DELIVERY", "ACCEPTED", "FAILURES", "TYPE", "NOTE"}};
  for (const Json& item : found.items) {
    const std::string name = text_of(item, "delivery");
    rows.push_back({name.empty() ? "(stream is gone)" : name, text_of(item, "accepted_at"),
                    std::to_string(number_of(item, "failures")),
                    to_short_event_type(text_of(item, "type")), text_of(item, "note")});
  }
  print_table(rows, console);
  return Exit::yes;
}

Result<Exit> show(const Options& options, Console& console) {
  TOCSIN_TRY(const app::AdminCaller caller, options.admin.finish(console));
  TOCSIN_TRY(
      JsonObject found,
      app::get_admin(caller, admin_target("/admin/deliveries/" + options.names.front(), {})));
  if (console.output == Output::json) {
    console.print_json(std::move(found));
  } else {
    console.print_block(to_pretty(Json(std::move(found)), {.annotated = true}));
  }
  return Exit::yes;
}

// The deliveries that were named, or all that fit.
Result<std::vector<std::string>> select(const Options& options, const app::AdminCaller& caller) {
  const bool has_filter = !options.stream_id.empty() || !options.jti.empty() ||
                          !options.type.empty() || !options.from.empty() || !options.until.empty();
  if (!options.names.empty() && !has_filter) return options.names;
  if (!options.names.empty() || !has_filter) {
    return Error(Errc::config_invalid,
                 "names of deliveries, or --stream, --jti, --type, --from or --until to choose");
  }
  TOCSIN_TRY(const std::string target, target_of(options));
  TOCSIN_TRY(const AdminList found, list_admin(caller, target, "deliveries", selected_max));
  std::vector<std::string> names;
  for (const Json& item : found.items) {
    std::string name = text_of(item, "delivery");
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

std::size_t size_of(const JsonObject& object, std::string_view name) {
  const Json* member = object.find(name);
  return member == nullptr || member->as_array() == nullptr ? 0 : member->as_array()->size();
}

struct Deed {
  std::string path;
  std::string done;  // the answer's member, and the word that is printed
};

Result<Exit> act(const Options& options, const Deed& deed, Console& console) {
  TOCSIN_TRY(const app::AdminCaller caller, options.admin.finish(console));
  TOCSIN_TRY(const std::vector<std::string> names, select(options, caller));
  std::size_t done = 0;
  std::size_t unknown = 0;
  for (std::size_t first = 0; first < names.size() && !options.dry_run; first += names_max) {
    const auto begin = names.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t count = std::min(names_max, names.size() - first);
    JsonObject body{{"deliveries", JsonArray(begin, begin + static_cast<std::ptrdiff_t>(count))}};
    if (!options.reason.empty()) body.append("reason", options.reason);
    TOCSIN_TRY(const JsonObject answer, app::post_admin(caller, deed.path, body));
    done += size_of(answer, deed.done);
    unknown += size_of(answer, "unknown");
  }
  if (options.dry_run) done = names.size();
  if (console.output == Output::json) {
    console.print_json(JsonObject{{deed.done, static_cast<std::int64_t>(done)},
                                  {"unknown", static_cast<std::int64_t>(unknown)},
                                  {"dry_run", options.dry_run}});
  } else {
    console.print((options.dry_run ? "would be " : "") + deed.done + " " + std::to_string(done) +
                  (unknown == 0 ? "" : ", not found " + std::to_string(unknown)));
  }
  return unknown == 0 ? Exit::yes : Exit::no;
}

void add_filters(CLI::App& verb, Options& options) {
  verb.add_option("--state", options.state,
                  "pending, delivered, rejected, expired or withdrawn; rejected are dead letters")
      ->capture_default_str()
      ->type_name("STATE");
  verb.add_option("--stream", options.stream_id, "Of this stream only")->type_name("ID");
  verb.add_option("--jti", options.jti, "The SET that has this jti")->type_name("JTI");
  verb.add_option("--type", options.type, "Event type: a URI, or like caep:session-revoked")
      ->type_name("TYPE");
  verb.add_option("--from", options.from, "Accepted then or later: 2026-11-25T08:30:00Z")
      ->type_name("TIME");
  verb.add_option("--until", options.until, "Accepted then or earlier")->type_name("TIME");
}

void add_names(CLI::App& verb, Options& options) {
  verb.add_option("DELIVERY", options.names, "Names, as `delivery list` shows them");
  verb.add_flag("--dry-run", options.dry_run, "Only say how many it would be");
}

}  // namespace

void add_delivery_list(CLI::App& delivery, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_verb(delivery, program, "list", "List what is owed, or what became of it",
                            [options](Console& console) { return list(*options, console); });
  options->admin.add_to(verb);
  add_filters(verb, *options);
  verb.add_option("--limit", options->limit, "At most so many")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, selected_max).description(""))
      ->type_name("N");
  add_examples(verb, {"tocsin delivery list --config signals/tocsin.toml",
                      "tocsin delivery list --config signals/tocsin.toml --state rejected"});
}

void add_delivery_show(CLI::App& delivery, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_verb(delivery, program, "show", "Show one, with its subject and event",
                            [options](Console& console) { return show(*options, console); });
  options->admin.add_to(verb);
  verb.add_option("DELIVERY", options->names, "Its name, as `delivery list` shows it")
      ->required()
      ->expected(1);
  add_examples(verb, {"tocsin delivery show --config signals/tocsin.toml 5GHz0f-WEQ.17"});
}

void add_delivery_retry(CLI::App& delivery, Program& program) {
  const auto options = std::make_shared<Options>();
  options->state = "rejected";
  CLI::App& verb =
      add_verb(delivery, program, "retry", "Try again: dead letters, and what waits for its time",
               [options](Console& console) {
                 return act(*options, {"/admin/retries", "retried"}, console);
               });
  options->admin.add_to(verb);
  add_filters(verb, *options);
  add_names(verb, *options);
  add_examples(verb, {"tocsin delivery retry --config signals/tocsin.toml 5GHz0f-WEQ.17",
                      "tocsin delivery retry --config signals/tocsin.toml --stream 5GHz0f-WEQ"});
}

void add_delivery_drop(CLI::App& delivery, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_verb(
      delivery, program, "drop", "Give up on what is pending: it is never sent",
      [options](Console& console) { return act(*options, {"/admin/drops", "dropped"}, console); });
  options->admin.add_to(verb);
  add_filters(verb, *options);
  add_names(verb, *options);
  verb.add_option("--reason", options->reason, "Why, for the audit record")
      ->required()
      ->type_name("TEXT");
  add_examples(verb, {"tocsin delivery drop --config signals/tocsin.toml \\\n"
                      "    --reason 'sent by hand' 5GHz0f-WEQ.17"});
}

}  // namespace tocsin::cli
