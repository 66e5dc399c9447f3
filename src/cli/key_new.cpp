// tocsin key new: a signing key in a file that only its owner can read.
#include <memory>

#include "app/key_file.h"
#include "base/clock.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/store_key_flag.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct NewOptions {
  std::string alg = "RS256";
  unsigned bits = 2048;
  std::string kid;
  std::string out;
  StoreKeyFlag store_key;
};

constexpr std::size_t kid_max = 256;  // octets (trust.md section 1)

Result<Algorithm> algorithm_of(const NewOptions& options) {
  const auto algorithm = parse_algorithm(options.alg);
  if (algorithm) return algorithm;
  return Error(Errc::config_invalid,
               "--alg " + options.alg +
                   ": one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA");
}

Result<void> judge(const NewOptions& options) {
  if (options.bits < 2048 || options.bits > 8192) {
    return Error(Errc::config_invalid, "--bits: 2048 to 8192");
  }
  if (options.kid.size() > kid_max) {
    return Error(Errc::config_invalid, "--kid: longer than " + std::to_string(kid_max) + " bytes");
  }
  return {};
}

Result<Exit> run(const NewOptions& options, Console& console) {
  TOCSIN_CHECK(judge(options));
  TOCSIN_TRY(const Algorithm algorithm, algorithm_of(options));
  TOCSIN_TRY(const SigningKey key, SigningKey::generate(algorithm, options.bits, options.kid));
  TOCSIN_TRY(const auto box, options.store_key.open());
  TOCSIN_CHECK(app::create_key_file(options.out, {key, SystemClock().wall_seconds()}, box.get()));
  if (console.output == Output::json) {
    console.print_json(JsonObject{{"file", options.out},
                                  {"kid", key.kid()},
                                  {"alg", to_string(key.algorithm())},
                                  {"public", key.public_jwk()}});
  } else {
    console.print(options.out + ": " + std::string(to_string(key.algorithm())) + " key " +
                  key.kid());
  }
  return Exit::yes;
}

}  // namespace

void add_key_new(CLI::App& key, Program& program) {
  const auto options = std::make_shared<NewOptions>();
  CLI::App& verb = add_verb(key, program, "new", "Make a signing key",
                            [options](Console& console) { return run(*options, console); });
  verb.add_option("--out", options->out, "New file for the key (mode 0600); never overwritten")
      ->required()
      ->type_name("FILE");
  verb.add_option("--alg", options->alg, "Algorithm it signs with")
      ->capture_default_str()
      ->type_name("ALG");
  verb.add_option("--bits", options->bits, "Size of an RSA key")
      ->capture_default_str()
      ->type_name("BITS");
  verb.add_option("--kid", options->kid, "Its name; the RFC 7638 thumbprint unless given")
      ->type_name("KID");
  options->store_key.add_to(verb, "Seal the file with the key of [store]: file:PATH or env:NAME");
  add_examples(verb, {"tocsin key new --out signing.json",
                      "tocsin key new --alg ES256 --kid 2026-a --out es256.json"});
}

}  // namespace tocsin::cli
