// tocsin publish: events handed in to a transmitter, one from flags or many from a file.
#include <memory>

#include "base/try.h"
#include "cli/api_flags.h"
#include "cli/flags.h"
#include "cli/input.h"
#include "cli/shorthand.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

constexpr std::size_t lines_max = 1000;  // of one request

struct Options {
  ApiFlags api;
  std::string file;
  std::string event;
  std::string subject;
  std::vector<std::string> members;
  std::string txn;
  std::string key;
};

// What came of all requests together.
struct Tally {
  std::size_t accepted = 0;
  std::size_t refused = 0;
};

std::string text_of(const JsonObject& object, std::string_view name) {
  const Json* member = object.find(name);
  if (member == nullptr) return "";
  return member->as_string() != nullptr ? *member->as_string() : to_text(*member);
}

Result<std::string> event_from_flags(const Options& options) {
  if (options.event.empty() || options.subject.empty()) {
    return Error(Errc::config_invalid, "--event and --subject, or a FILE");
  }
  TOCSIN_TRY(std::string type, parse_event_type(options.event));
  TOCSIN_TRY(Json subject, parse_subject_text(options.subject));
  JsonObject event;
  for (const std::string& text : options.members) {
    TOCSIN_TRY(JsonMember member, parse_member(text));
    event.insert_or_assign(std::move(member.name), std::move(member.value));
  }
  JsonObject item{
      {"type", std::move(type)}, {"subject", std::move(subject)}, {"event", std::move(event)}};
  if (!options.txn.empty()) item.append("txn", options.txn);
  if (!options.key.empty()) item.append("key", options.key);
  return to_text(item);
}

void count(const JsonObject& body, std::size_t first, Tally& tally, Console& console) {
  const Json* receipts = body.find("receipts");
  if (receipts != nullptr && receipts->as_array() != nullptr) {
    tally.accepted += receipts->as_array()->size();
  } else if (body.find("event_id") != nullptr) {
    ++tally.accepted;
  }
  const Json* refusals = body.find("refusals");
  if (refusals == nullptr || refusals->as_array() == nullptr) return;
  for (const Json& refusal : *refusals->as_array()) {
    const JsonObject* what = refusal.as_object();
    if (what == nullptr) continue;
    ++tally.refused;
    const Json* index = what->find("index");
    const JsonNumber* number = index == nullptr ? nullptr : index->as_number();
    const auto place = number == nullptr ? 0 : number->as_int64().value_or(0);
    console.error("event " + std::to_string(first + static_cast<std::size_t>(place)) + ": " +
                  text_of(*what, "code") + " at " + text_of(*what, "pointer") + ": " +
                  text_of(*what, "detail"));
  }
}

// One request. Its refusals are named; an error ends everything, and says what was not tried.
Result<void> post(const Options& options, const app::ApiCaller& caller, const std::string& type,
                  std::string body, std::size_t first, Tally& tally, Console& console) {
  TOCSIN_TRY(const http::Response response,
             app::post_events(caller, options.api.url("/events"), type, std::move(body)));
  const auto json = parse_json(response.body, {.text_max = 4 << 20, .members_max = 10'000});
  const JsonObject* answer = json ? json->as_object() : nullptr;
  const bool is_whole = answer != nullptr && answer->find("refusals") == nullptr;
  if (response.status == 202 || (answer != nullptr && !is_whole)) {
    if (answer != nullptr) count(*answer, first, tally, console);
    return {};
  }
  const std::string code = answer == nullptr ? "" : text_of(*answer, "code");
  const std::string where = answer == nullptr ? "" : text_of(*answer, "pointer");
  const bool is_one_event = type == "application/json" && answer != nullptr;
  if (is_one_event && (response.status == 400 || response.status == 413)) {
    ++tally.refused;
    console.error("event 0: " + code + " at " + where + ": " + text_of(*answer, "detail"));
    return {};
  }
  if (is_one_event && code == describe(Errc::publish_denied).defect_class) ++tally.refused;
  const std::string detail = "status " + std::to_string(response.status) + " " + code + " " + where;
  if (response.status >= 500 || response.status == 429) return Error(Errc::net_answer, detail);
  if (response.status == 403) return Error(Errc::publish_denied, detail);
  if (response.status == 401) return Error(Errc::token_invalid, detail);
  return Error(Errc::publish_request, detail);
}

// The lines of a file, a thousand a request: what was accepted before a failure stays accepted, and
// events with a key may be sent again.
Result<void> post_lines(const Options& options, const app::ApiCaller& caller,
                        const std::string& text, Tally& tally, Console& console) {
  std::size_t begin = 0;
  std::size_t first = 0;
  while (begin < text.size()) {
    std::size_t end = begin;
    std::size_t lines = 0;
    while (end < text.size() && lines < lines_max) {
      end = std::min(text.find('\n', end), text.size() - 1) + 1;
      ++lines;
    }
    const auto posted = post(options, caller, "application/x-ndjson",
                             text.substr(begin, end - begin), first, tally, console);
    if (!posted) {
      console.error("stopped at event " + std::to_string(first) + " of the input");
      return posted;
    }
    first += lines;
    begin = end;
  }
  return {};
}

Result<Exit> run(const Options& options, Console& console) {
  TOCSIN_TRY(const app::ApiCaller caller, options.api.finish());
  Tally tally;
  Result<void> posted;
  if (options.file.empty()) {
    TOCSIN_TRY(std::string body, event_from_flags(options));
    posted = post(options, caller, "application/json", std::move(body), 0, tally, console);
  } else {
    TOCSIN_TRY(std::string text, read_input(options.file));
    const bool is_one = parse_json(text).has_value();
    posted = is_one ? post(options, caller, "application/json", std::move(text), 0, tally, console)
                    : post_lines(options, caller, text, tally, console);
  }
  if (console.output == Output::json) {
    console.print_json(JsonObject{{"accepted", static_cast<std::int64_t>(tally.accepted)},
                                  {"refused", static_cast<std::int64_t>(tally.refused)}});
  } else {
    console.print("accepted " + std::to_string(tally.accepted) + ", refused " +
                  std::to_string(tally.refused));
  }
  if (!posted) return posted.error();
  return tally.refused == 0 ? Exit::yes : Exit::no;
}

}  // namespace

void add_publish(CLI::App& tocsin, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_verb(tocsin, program, "publish", "Hand in events to a transmitter",
                            [options](Console& console) { return run(*options, console); });
  options->api.add_to(verb);
  verb.add_option("FILE", options->file,
                  "Events: JSON, or one a line (NDJSON); `-` for stdin. Without: from flags");
  verb.add_option("--event", options->event,
                  "Event type: a URI, or a short form like caep:session-revoked")
      ->type_name("TYPE");
  verb.add_option("--subject", options->subject, "Who it is about, like email:jdoe@example.com")
      ->type_name("SUBJECT");
  add_repeatable(verb, "--member", options->members, "A member of the event (repeatable)",
                 "NAME=VALUE");
  verb.add_option("--txn", options->txn, "The transaction it belongs to")->type_name("TXN");
  verb.add_option("--key", options->key, "Our name for it: sent again, it is accepted once")
      ->type_name("KEY");
  add_examples(verb,
               {"tocsin publish --url https://signals.example.com --client hr \\\n"
                "    --secret file:hr.secret --event caep:session-revoked \\\n"
                "    --subject email:jdoe@example.com --member 'reason_admin={\"en\":\"Left\"}'"});
}

}  // namespace tocsin::cli
