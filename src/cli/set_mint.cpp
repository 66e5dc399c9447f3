// tocsin set mint: a signed SET from flags, from claims as JSON, or from both.
#include <memory>
#include <optional>

#include "app/key_file.h"
#include "base/clock.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/input.h"
#include "cli/shorthand.h"
#include "cli/store_key_flag.h"
#include "cli/verb.h"
#include "jose/system_random.h"
#include "set/claims.h"

namespace tocsin::cli {
namespace {

struct MintOptions {
  std::string claims;
  std::string iss;
  std::vector<std::string> aud;
  std::string event;
  std::string subject;
  std::vector<std::string> members;
  std::string txn;
  std::string jti;
  std::optional<std::int64_t> iat;
  std::string key_file;
  std::optional<std::string> kid;
  StoreKeyFlag store_key;
  PolicyFlags policy;
};

Result<JsonObject> read_base(const MintOptions& options) {
  const bool is_described = !options.event.empty() || !options.subject.empty();
  if (options.claims.empty() && is_described) return JsonObject{};
  TOCSIN_TRY(const std::string text, read_input(options.claims));
  TOCSIN_TRY(Json json, parse_json(text, claims_limits));
  if (json.as_object() == nullptr) {
    return Error(Errc::json_syntax, "the claims are no JSON object");
  }
  return std::move(*json.as_object());
}

Json audience(const std::vector<std::string>& aud) {
  if (aud.size() == 1) return aud.front();
  return JsonArray(aud.begin(), aud.end());
}

Result<void> describe_event(const MintOptions& options, JsonObject& claims) {
  if (!options.members.empty() && options.event.empty()) {
    return Error(Errc::config_invalid, "--member needs the --event it belongs to");
  }
  if (options.event.empty()) return {};
  TOCSIN_TRY(std::string type, parse_event_type(options.event));
  JsonObject payload;
  for (const std::string& text : options.members) {
    TOCSIN_TRY(JsonMember member, parse_member(text));
    payload.insert_or_assign(std::move(member.name), std::move(member.value));
  }
  JsonObject events;
  events.insert_or_assign(std::move(type), std::move(payload));
  claims.insert_or_assign("events", std::move(events));
  return {};
}

// Flags win over the claims they name; `jti` and `iat` are made where nobody gave them.
Result<Json> make_claims(const MintOptions& options) {
  TOCSIN_TRY(JsonObject claims, read_base(options));
  if (!options.iss.empty()) claims.insert_or_assign("iss", options.iss);
  if (!options.aud.empty()) claims.insert_or_assign("aud", audience(options.aud));
  if (!options.txn.empty()) claims.insert_or_assign("txn", options.txn);
  if (!options.jti.empty()) claims.insert_or_assign("jti", options.jti);
  if (options.iat) claims.insert_or_assign("iat", *options.iat);
  if (claims.find("jti") == nullptr) claims.insert_or_assign("jti", SystemRandom().id());
  if (claims.find("iat") == nullptr) {
    claims.insert_or_assign("iat", SystemClock().wall_seconds().time_since_epoch().count());
  }
  if (!options.subject.empty()) {
    TOCSIN_TRY(Json subject, parse_subject_text(options.subject));
    claims.insert_or_assign("sub_id", std::move(subject));
  }
  TOCSIN_CHECK(describe_event(options, claims));
  return Json(std::move(claims));
}

// Prints every finding; nothing if one of them forbids sending.
std::optional<SecurityEventToken> judge(Json claims, const SetPolicy& policy, Console& console) {
  Findings findings;
  SecurityEventToken token;
  const ClaimsContext context{.policy = policy,
                              .now = SystemClock().wall_seconds(),
                              .direction = Direction::sent,
                              .compares_issuer = false,
                              .compares_audience = false};
  bool is_refused = !read_claims(std::move(claims), context, token, findings);
  for (const Finding& finding : findings) {
    const bool forbids = refuses(finding.level, policy.strictness, Direction::sent);
    is_refused |= forbids;
    forbids ? console.error(finding.to_string()) : console.warn(finding.to_string());
  }
  if (is_refused) return {};
  return token;
}

Result<Exit> run(const MintOptions& options, Console& console) {
  TOCSIN_TRY(const SetPolicy policy, options.policy.policy());
  TOCSIN_TRY(const auto box, options.store_key.open());
  TOCSIN_TRY(const auto keys, app::load_key_file(options.key_file, {.box = box.get()}));
  TOCSIN_TRY(const SigningKey key, app::pick_key(keys, options.kid));
  TOCSIN_TRY(Json claims, make_claims(options));
  const auto token = judge(std::move(claims), policy, console);
  if (!token) return Exit::no;
  TOCSIN_TRY(const std::string compact, mint(*token, key));
  if (console.output == Output::json) {
    console.print_json(JsonObject{{"set", compact},
                                  {"alg", to_string(key.algorithm())},
                                  {"kid", key.kid()},
                                  {"claims", to_json(*token)}});
  } else {
    console.print(compact);
  }
  return Exit::yes;
}

}  // namespace

void add_set_mint(CLI::App& set, Program& program) {
  const auto options = std::make_shared<MintOptions>();
  CLI::App& verb = add_verb(set, program, "mint", "Sign a Security Event Token",
                            [options](Console& c) { return run(*options, c); });
  verb.add_option("CLAIMS", options->claims,
                  "Claims as JSON: a file, `-` for stdin, or the text itself");
  verb.add_option("--key", options->key_file, "File with the signing key (mode 0600)")
      ->required()
      ->type_name("FILE");
  verb.add_option("--kid", options->kid, "Which key of the file, if it has several")
      ->type_name("KID");
  options->store_key.add_to(verb, store_key_help);
  verb.add_option("--iss", options->iss, "Who says so: our issuer URL")->type_name("URL");
  add_repeatable(verb, "--aud", options->aud, "Who is addressed (repeatable)", "AUDIENCE");
  verb.add_option("--event", options->event,
                  "Event type: a URI, or a short form like caep:session-revoked")
      ->type_name("TYPE");
  add_repeatable(verb, "--member", options->members,
                 "Member of the event; the value is JSON, or text (repeatable)", "NAME=VALUE");
  verb.add_option("--subject", options->subject,
                  "Who it is about: email:A, iss_sub:ISS,SUB, opaque:ID, ... or JSON")
      ->type_name("SUBJECT");
  verb.add_option("--txn", options->txn, "Transaction the event belongs to")->type_name("ID");
  verb.add_option("--jti", options->jti, "Identifier of the SET; random unless given")
      ->type_name("ID");
  verb.add_option("--iat", options->iat, "Time of issue; now unless given")->type_name("SECONDS");
  options->policy.add_to(verb);
  add_examples(verb, {"tocsin set mint --key signing.json --iss https://idp.example.com \\\n"
                      "      --aud https://rp.example.com --event caep:session-revoked \\\n"
                      "      --subject email:jdoe@example.com --txn 8675309",
                      "tocsin set mint --key signing.json claims.json",
                      "tocsin set mint --key signing.json --txn 42 - < claims.json"});
}

}  // namespace tocsin::cli
