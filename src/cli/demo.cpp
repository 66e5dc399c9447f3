// tocsin demo: a transmitter and a receiver on this machine, and one event between them.
#include "app/demo.h"

#include <memory>

#include "base/try.h"
#include "cli/flags.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct Options {
  app::DemoOptions demo;
  std::string role;
};

Result<Exit> run(const Options& options, Console& console) {
  if (options.role.empty()) {
    TOCSIN_CHECK(app::run_demo(options.demo, [&console](std::string_view line) {
      console.print(line);
      console.flush();
    }));
  } else {
    TOCSIN_CHECK(app::run_demo_role(options.role, options.demo.folder));
  }
  return Exit::yes;
}

}  // namespace

void add_demo(CLI::App& tocsin, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb =
      *tocsin.add_subcommand("demo", "Send one event from a transmitter to a receiver");
  verb.add_option("--folder", options->demo.folder, "Where keys and certificates go; made anew")
      ->capture_default_str()
      ->type_name("DIR");
  // How the demo starts its two processes; nobody else needs it.
  verb.add_option("--role", options->role)->group("");
  run_with(verb, program, [options](Console& console) { return run(*options, console); });
  add_examples(verb, {"tocsin demo", "tocsin demo --folder demo"});
}

}  // namespace tocsin::cli
