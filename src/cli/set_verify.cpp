// tocsin set verify: may this SET be believed? Exit code 0 is yes.
#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/input.h"
#include "cli/key_source.h"
#include "cli/pretty.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct VerifyOptions {
  std::string set;
  std::string issuer;
  std::vector<std::string> aud;
  KeySource keys;
  PolicyFlags policy;
};

// verify() answers as a peer may read it. Whoever runs this wants to know where and by which rule,
// which the linter, asked the same question, knows.
Finding explain(const Error& error, const std::string& compact, const LintContext& context) {
  for (Finding& finding : lint_set(compact, context)) {
    if (finding.code == error.code &&
        refuses(finding.level, context.policy.strictness, Direction::received)) {
      return std::move(finding);
    }
  }
  return {error.code, Level::must, {}, {}, error.detail};
}

Exit refuse(const Finding& finding, Console& console) {
  const Defect& defect = describe(finding.code);
  if (console.output == Output::json) {
    console.print_json(JsonObject{{"verified", false},
                                  {"class", defect.defect_class},
                                  {"path", finding.path},
                                  {"section", finding.section},
                                  {"text", defect.public_text},
                                  {"detail", finding.detail},
                                  {"err", defect.err}});
  } else if (finding.section.empty()) {
    console.error(Error(finding.code, finding.detail).to_string());
  } else {
    console.error(finding.to_string());
  }
  return exit_code(finding.code);
}

void accept(const VerifiedSet& set, Console& console) {
  for (const Finding& warning : set.warnings()) console.warn(warning.to_string());
  const Json claims = to_json(set.claims());
  if (console.output == Output::json) {
    console.print_json(JsonObject{{"verified", true}, {"claims", claims}});
  } else {
    console.print(Tone::good, "verified", ": signed by " + set->iss);
    console.print_block("claims " + to_pretty(claims, {.annotated = true}));
  }
}

Result<Exit> run(const VerifyOptions& options, Console& console) {
  LintContext context;
  TOCSIN_TRY(context.policy, options.policy.policy());
  context.policy.iss = options.issuer;
  context.policy.aud = options.aud;
  context.now = SystemClock().wall_seconds();
  TOCSIN_TRY(const std::string compact, read_input(options.set));
  TOCSIN_TRY(context.keys, options.keys.load_or_fetch(options.issuer));
  for (const KeySet::Skipped& skipped : context.keys->skipped()) {
    console.note("key " + std::to_string(skipped.index) +
                 " is not usable: " + skipped.error.to_string());
  }
  const auto verified = verify(compact, *context.keys, context.policy, *context.now);
  if (!verified) return refuse(explain(verified.error(), compact, context), console);
  accept(*verified, console);
  return Exit::yes;
}

}  // namespace

void add_set_verify(CLI::App& set, Program& program) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App& verb = add_verb(set, program, "verify", "Check a SET's signature and claims",
                            [options](Console& console) { return run(*options, console); });
  verb.add_option("SET", options->set,
                  "The compact token: a file, `-` for stdin, or the text itself");
  verb.add_option("--issuer,--iss", options->issuer,
                  "Who must have issued it; its metadata names the keys unless --keys does")
      ->required()
      ->type_name("URL");
  add_repeatable(verb, "--aud", options->aud,
                 "Who we are: one of these must be addressed (repeatable)", "AUDIENCE")
      ->required();
  options->keys.add_to(verb);
  options->policy.add_to(verb);
  add_examples(verb,
               {"tocsin set verify --issuer https://idp.example.com \\\n"
                "      --aud https://rp.example.com --keys jwks.json set.jwt",
                "tocsin set verify --issuer https://idp.example.com \\\n"
                "      --aud https://rp.example.com --keys public.pem --output json < set.jwt"});
}

}  // namespace tocsin::cli
