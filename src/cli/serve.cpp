// tocsin serve: the roles that a configuration names, until somebody stops it.
#include "app/serve.h"

#include <memory>

#include "app/config_file.h"
#include "app/config_keys.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct Options {
  std::string config = "tocsin.toml";
  bool check = false;
  bool reference = false;
};

Result<Exit> run(const Options& options, Console& console) {
  if (options.reference) {
    console.print_block(app::configuration_reference());
    return Exit::yes;
  }
  app::ConfigAnswer answer = app::load_config(options.config);
  if (!answer.config) {
    for (const app::ConfigFinding& finding : answer.findings) console.error(finding.to_text());
    return Exit::usage;
  }
  if (options.check) {
    TOCSIN_CHECK(app::check(*answer.config));
    console.print(options.config + ": good");
    return Exit::yes;
  }
  TOCSIN_CHECK(app::serve(*std::move(answer.config), options.config));
  return Exit::yes;
}

}  // namespace

void add_serve(CLI::App& tocsin, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = *tocsin.add_subcommand("serve", "Be what a configuration says");
  verb.add_option("--config", options->config, "The configuration")
      ->capture_default_str()
      ->type_name("FILE");
  verb.add_flag("--check", options->check,
                "Say everything that is wrong with it, its keys and files, and end");
  verb.add_flag("--reference", options->reference, "Print every key with its default, and end");
  run_with(verb, program, [options](Console& console) { return run(*options, console); });
  add_examples(verb,
               {"tocsin serve --check --config signals/tocsin.toml", "tocsin serve --reference"});
}

}  // namespace tocsin::cli
