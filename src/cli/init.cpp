// tocsin init: a folder from which `tocsin serve` starts.
#include "app/init.h"

#include <memory>

#include "base/try.h"
#include "cli/flags.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct Options {
  app::InitOptions init;
  std::string role = "transmitter";
};

void print(const app::InitAnswer& answer, Console& console) {
  if (console.output == Output::json) {
    JsonArray clients;
    for (const auto& client : answer.clients) {
      clients.emplace_back(
          JsonObject{{"client_id", client.client_id}, {"client_secret", client.secret}});
    }
    console.print_json(JsonObject{{"config", answer.config_file},
                                  {"public_url", answer.public_url},
                                  {"clients", std::move(clients)}});
    return;
  }
  console.print("Configuration  " + answer.config_file);
  console.print("Issuer         " + answer.public_url);
  for (const auto& client : answer.clients) {
    console.print("Client         " + client.client_id + ", secret " + client.secret);
  }
  console.print("The secrets are shown now and stored nowhere. Start with:");
  console.print("  tocsin serve --config " + answer.config_file);
}

Result<Exit> run(const Options& options, Console& console) {
  if (options.role != "transmitter") {
    return Error(Errc::config_invalid, "--role " + options.role + ": there is only transmitter");
  }
  TOCSIN_TRY(const app::InitAnswer answer, app::init_transmitter(options.init));
  print(answer, console);
  return Exit::yes;
}

}  // namespace

void add_init(CLI::App& tocsin, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb =
      add_verb(tocsin, program, "init", "Make a folder that `tocsin serve` starts from",
               [options](Console& console) { return run(*options, console); });
  app::InitOptions& init = options->init;
  verb.add_option("DIR", init.folder, "New or empty folder")->required();
  verb.add_option("--role", options->role, "What it will be")
      ->capture_default_str()
      ->type_name("ROLE");
  verb.add_option("--listen", init.listen, "Where it listens")
      ->capture_default_str()
      ->type_name("ADDRESS:PORT");
  verb.add_option("--admin-listen", init.admin_listen, "Where health and metrics are")
      ->capture_default_str()
      ->type_name("ADDRESS:PORT");
  verb.add_option("--public-url", init.public_url,
                  "How the world reaches it, and the issuer; https and --listen unless given")
      ->type_name("URL");
  verb.add_option("--alg", init.algorithm, "What SETs are signed with")
      ->capture_default_str()
      ->type_name("ALG");
  verb.add_flag("--throwaway-tls", init.throwaway_tls,
                "A certificate for the address it listens on, for a day");
  add_examples(verb, {"tocsin init signals",
                      "tocsin init --public-url https://signals.example.com --alg ES256 signals",
                      "tocsin init --throwaway-tls --output json signals"});
}

}  // namespace tocsin::cli
