// tocsin backup: a consistent copy of the store, while the transmitter goes on.
#include "app/backup.h"

#include <memory>

#include "app/config_file.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct Options {
  std::string config = "tocsin.toml";
  std::string out;
};

Result<Exit> run(const Options& options, Console& console) {
  const app::ConfigAnswer answer = app::load_config(options.config);
  for (const app::ConfigFinding& finding : answer.findings) console.error(finding.to_text());
  if (!answer.config) return Exit::usage;
  TOCSIN_CHECK(app::back_up(*answer.config, options.out));
  console.print(options.out + ": a copy of the store");
  console.note("it opens with the same store key; neither that nor the key files are in it");
  return Exit::yes;
}

}  // namespace

void add_backup(CLI::App& tocsin, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = *tocsin.add_subcommand("backup", "Copy the store while it is in use");
  verb.add_option("--config", options->config, "The configuration")
      ->capture_default_str()
      ->type_name("FILE");
  verb.add_option("FILE", options->out, "New file for the copy (mode 0600); never overwritten")
      ->required();
  run_with(verb, program, [options](Console& console) { return run(*options, console); });
  add_examples(verb, {"tocsin backup --config signals/tocsin.toml 2026-11-25.db"});
}

}  // namespace tocsin::cli
