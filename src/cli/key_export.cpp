// tocsin key export: the public half of a file's keys, for those who verify.
#include <memory>
#include <optional>

#include "app/key_file.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/pretty.h"
#include "cli/store_key_flag.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct ExportOptions {
  std::string file;
  std::optional<std::string> kid;
  std::string format = "jwks";
  StoreKeyFlag store_key;
};

Result<std::vector<SigningKey>> chosen(const ExportOptions& options) {
  TOCSIN_TRY(const auto box, options.store_key.open());
  TOCSIN_TRY(const auto stored_keys, app::load_key_file(options.file, {.box = box.get()}));
  std::vector<SigningKey> keys;
  if (options.kid) {
    TOCSIN_TRY(SigningKey key, app::pick_key(stored_keys, options.kid));
    keys.push_back(std::move(key));
  } else {
    for (const app::StoredKey& stored : stored_keys) keys.push_back(stored.key);
  }
  return keys;
}

Result<Exit> run(const ExportOptions& options, Console& console) {
  TOCSIN_TRY(const auto keys, chosen(options));
  if (options.format == "pem") {
    for (const SigningKey& key : keys) console.print_block(key.public_pem());
  } else if (console.output == Output::json) {
    console.print_json(KeySet::of(keys).to_jwks());
  } else {
    console.print_block(to_pretty(KeySet::of(keys).to_jwks()));
  }
  return Exit::yes;
}

}  // namespace

void add_key_export(CLI::App& key, Program& program) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App& verb = add_verb(key, program, "export", "Print the public half of a file's keys",
                            [options](Console& console) { return run(*options, console); });
  verb.add_option("FILE", options->file, "Key file (mode 0600)")->required();
  verb.add_option("--kid", options->kid, "Only this key")->type_name("KID");
  verb.add_option("--format", options->format, "jwks or pem")
      ->check(CLI::IsMember({"jwks", "pem"}).description(""))
      ->capture_default_str()
      ->type_name("FORMAT");
  options->store_key.add_to(verb, store_key_help);
  add_examples(verb, {"tocsin key export signing.json > jwks.json",
                      "tocsin key export --format pem signing.json > public.pem"});
}

}  // namespace tocsin::cli
