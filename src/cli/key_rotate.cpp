// tocsin key rotate and retire: a signing key takes over from another without a gap (REL-22).
#include <memory>
#include <optional>

#include "app/key_file.h"
#include "base/clock.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/store_key_flag.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct RotateOptions {
  std::string file;
  std::string alg;
  std::string kid;
  StoreKeyFlag store_key;
};

// Without --alg the new key is like the newest one.
Result<Algorithm> algorithm_of(const RotateOptions& options, const jose::SecretBox* box) {
  if (!options.alg.empty()) return parse_algorithm(options.alg);
  TOCSIN_TRY(const auto keys, app::load_key_file(options.file, {.box = box}));
  return keys.back().key.algorithm();
}

Result<Exit> rotate(const RotateOptions& options, Console& console) {
  TOCSIN_TRY(const auto box, options.store_key.open());
  TOCSIN_TRY(const Algorithm algorithm, algorithm_of(options, box.get()));
  TOCSIN_TRY(const SigningKey key, SigningKey::generate(algorithm, 2048, options.kid));
  TOCSIN_CHECK(app::add_key(options.file, {key, SystemClock().wall_seconds()}, box.get()));
  if (console.output == Output::json) {
    console.print_json(JsonObject{
        {"file", options.file}, {"kid", key.kid()}, {"alg", to_string(key.algorithm())}});
  } else {
    console.print(options.file + ": one more " + std::string(to_string(key.algorithm())) + " key " +
                  key.kid());
  }
  console.note("a process that serves shows it after SIGHUP and signs with it two hours later");
  return Exit::yes;
}

Result<Exit> retire(const RotateOptions& options, Console& console) {
  TOCSIN_TRY(const auto box, options.store_key.open());
  TOCSIN_CHECK(app::remove_key(options.file, options.kid, box.get()));
  console.print(options.file + ": " + options.kid + " is gone");
  console.note("SETs it signed that still wait are signed again after SIGHUP");
  return Exit::yes;
}

}  // namespace

void add_key_rotate(CLI::App& key, Program& program) {
  const auto options = std::make_shared<RotateOptions>();
  CLI::App& verb = add_verb(key, program, "rotate", "Add a key that will take over from the others",
                            [options](Console& console) { return rotate(*options, console); });
  verb.add_option("FILE", options->file, "Key file (mode 0600)")->required();
  verb.add_option("--alg", options->alg,
                  "Algorithm it signs with; that of the last key unless given")
      ->type_name("ALG");
  verb.add_option("--kid", options->kid, "Its name; the RFC 7638 thumbprint unless given")
      ->type_name("KID");
  options->store_key.add_to(verb, store_key_help);
  add_examples(verb, {"tocsin key rotate --kid 2026-b signing.json",
                      "tocsin key rotate --store-key file:signals/secrets/store-key \\\n"
                      "    signals/secrets/signing-keys.json"});
}

void add_key_retire(CLI::App& key, Program& program) {
  const auto options = std::make_shared<RotateOptions>();
  CLI::App& verb = add_verb(key, program, "retire", "Remove a key from a file",
                            [options](Console& console) { return retire(*options, console); });
  verb.add_option("FILE", options->file, "Key file (mode 0600)")->required();
  verb.add_option("KID", options->kid, "Its name")->required();
  options->store_key.add_to(verb, store_key_help);
  add_examples(verb, {"tocsin key retire signing.json 2026-b"});
}

}  // namespace tocsin::cli
