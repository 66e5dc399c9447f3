// tocsin key seal: a file of plain keys becomes one that the store key opens (SEC-33).
#include <memory>

#include "app/key_file.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/store_key_flag.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct SealOptions {
  std::string file;
  StoreKeyFlag store_key;
};

Result<Exit> run(const SealOptions& options, Console& console) {
  TOCSIN_TRY(const auto box, options.store_key.open());
  TOCSIN_TRY(const bool changed, app::seal_key_file(options.file, *box.get()));
  console.print(options.file + (changed ? ": sealed" : ": was sealed already"));
  if (changed)
    console.note("the plain keys may still be in backups and in free blocks of the disk");
  return Exit::yes;
}

}  // namespace

void add_key_seal(CLI::App& key, Program& program) {
  const auto options = std::make_shared<SealOptions>();
  CLI::App& verb = *key.add_subcommand("seal", "Encrypt a key file with the store key");
  verb.add_option("FILE", options->file, "Key file (mode 0600)")->required();
  options->store_key.add_to(verb, "Where the key of [store] is: file:PATH (mode 0600) or env:NAME")
      ->required();
  run_with(verb, program, [options](Console& console) { return run(*options, console); });
  add_examples(verb, {"tocsin key seal --store-key file:signals/secrets/store-key signing.json"});
}

}  // namespace tocsin::cli
