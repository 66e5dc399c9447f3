// tocsin set lint: everything that is wrong with a SET or its claims, each with its section.
#include <memory>

#include "base/clock.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/input.h"
#include "cli/key_source.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct LintOptions {
  std::string set;
  KeySource keys;
  std::string iss;
  std::vector<std::string> aud;
  bool sent = false;
  PolicyFlags policy;
};

Result<LintContext> context_of(const LintOptions& options) {
  TOCSIN_TRY(SetPolicy policy, options.policy.policy());
  policy.iss = options.iss;
  policy.aud = options.aud;
  LintContext context{.policy = std::move(policy),
                      .keys = {},
                      .now = SystemClock().wall_seconds(),
                      .direction = options.sent ? Direction::sent : Direction::received};
  if (options.keys.is_named()) {
    TOCSIN_TRY(context.keys, options.keys.load());
  }
  return context;
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::must:
      return "must";
    case Level::should:
      return "should";
    case Level::policy:
      return "policy";
    case Level::interop:
      return "interop";
    case Level::tx:
      return "tx";
    case Level::warn:
      break;
  }
  return "warn";
}

std::string counted(std::size_t count, std::string_view word) {
  return std::to_string(count) + " " + std::string(word) + (count == 1 ? "" : "s");
}

class Report {
 public:
  Report(const LintContext& context, Console& console) : context_(context), console_(console) {}

  void add(const Finding& finding) {
    const bool is_refusal = refuses(finding.level, context_.policy.strictness, context_.direction);
    ++(is_refusal ? errors_ : warnings_);
    if (console_.output == Output::text) {
      console_.print(is_refusal ? Tone::bad : Tone::doubtful,
                     is_refusal ? "error: " : "warning: ", finding.to_string());
      return;
    }
    const Defect& defect = describe(finding.code);
    findings_.emplace_back(JsonObject{{"refuses", is_refusal},
                                      {"class", defect.defect_class},
                                      {"level", to_string(finding.level)},
                                      {"path", finding.path},
                                      {"section", finding.section},
                                      {"text", defect.public_text},
                                      {"detail", finding.detail},
                                      {"err", defect.err}});
  }

  Exit close() {
    const bool is_acceptable = errors_ == 0;
    if (console_.output == Output::json) {
      console_.print_json(
          JsonObject{{"acceptable", is_acceptable}, {"findings", std::move(findings_)}});
    } else if (errors_ + warnings_ == 0) {
      console_.print(Tone::good, "acceptable", ": nothing to remark");
    } else {
      console_.print(is_acceptable ? Tone::good : Tone::bad,
                     is_acceptable ? "acceptable" : "refused",
                     ": " + counted(errors_, "error") + ", " + counted(warnings_, "warning"));
    }
    return is_acceptable ? Exit::yes : Exit::no;
  }

 private:
  const LintContext& context_;
  Console& console_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  JsonArray findings_;
};

// A JWS in one of its JSON serializations is an object, too, but what is wrong with it is not that
// it lacks claims.
bool are_claims(const std::string& text) {
  if (!text.starts_with('{')) return false;
  const auto json = parse_json(text);
  return !json || json->as_object()->find("payload") == nullptr;
}

Result<Exit> run(const LintOptions& options, Console& console) {
  TOCSIN_TRY(const LintContext context, context_of(options));
  TOCSIN_TRY(const std::string text, read_input(options.set));
  const bool is_claims = are_claims(text);
  Report report(context, console);
  for (const Finding& finding : is_claims ? lint_claims(text, context) : lint_set(text, context)) {
    report.add(finding);
  }
  if (is_claims && context.keys) {
    console.note("claims alone carry no signature to check");
  } else if (!is_claims && !context.keys) {
    console.note("the signature was not checked; --keys names the keys");
  }
  return report.close();
}

}  // namespace

void add_set_lint(CLI::App& set, Program& program) {
  const auto options = std::make_shared<LintOptions>();
  CLI::App& verb = add_verb(set, program, "lint", "Explain everything that is wrong with a SET",
                            [options](Console& console) { return run(*options, console); });
  verb.add_option("SET", options->set,
                  "Compact token or claims as JSON: a file, `-` for stdin, or the text itself");
  options->keys.add_to(verb);
  verb.add_option("--iss", options->iss, "The issuer it should be from")->type_name("URL");
  add_repeatable(verb, "--aud", options->aud, "The audience it should address (repeatable)",
                 "AUDIENCE");
  verb.add_flag("--sent", options->sent, "Judge it as something to send, not something received");
  options->policy.add_to(verb);
  add_examples(verb, {
                         "tocsin set lint set.jwt",
                         "tocsin set lint --keys jwks.json --iss https://idp.example.com set.jwt",
                         "tocsin set lint --sent --profile caep-interop claims.json",
                     });
}

}  // namespace tocsin::cli
