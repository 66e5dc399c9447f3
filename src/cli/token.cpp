// tocsin token: an access token by client credentials, for scripts.
#include <memory>

#include "base/try.h"
#include "cli/api_flags.h"
#include "cli/flags.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct Options {
  ApiFlags api;
  std::string scope;
};

Result<Exit> run(const Options& options, Console& console) {
  TOCSIN_TRY(const app::ApiCaller caller, options.api.finish());
  TOCSIN_TRY(const oauth::GrantedToken granted, app::fetch_access_token(caller, options.scope));
  if (console.output == Output::text) {
    console.print(granted.access_token);
    return Exit::yes;
  }
  JsonObject answer{{"access_token", granted.access_token}};
  if (granted.expires_in) answer.append("expires_in", granted.expires_in->count());
  console.print_json(std::move(answer));
  return Exit::yes;
}

}  // namespace

void add_token(CLI::App& tocsin, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_verb(tocsin, program, "token", "Get an access token",
                            [options](Console& console) { return run(*options, console); });
  options->api.add_to(verb);
  verb.add_option("--scope", options->scope, "What it is for; all the client may have unless given")
      ->type_name("SCOPES");
  add_examples(verb, {"tocsin token --url https://signals.example.com --client acme \\\n"
                      "    --secret file:acme.secret --scope ssf.manage"});
}

}  // namespace tocsin::cli
