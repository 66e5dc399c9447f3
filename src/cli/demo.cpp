// tocsin demo: a transmitter and a receiver on this machine, and the whole way between them.
#include "app/demo.h"

#include <unistd.h>

#include <memory>

#include "base/try.h"
#include "cli/flags.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct Options {
  app::DemoOptions demo;
  bool once = false;
};

bool somebody_watches() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
}

Result<Exit> run(const Options& options, Console& console) {
  app::DemoOptions demo = options.demo;
  demo.stays = !options.once && somebody_watches();
  TOCSIN_CHECK(app::run_demo(demo, [&console](std::string_view line) {
    console.print(line);
    console.flush();
  }));
  return Exit::yes;
}

}  // namespace

void add_demo(CLI::App& tocsin, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb =
      *tocsin.add_subcommand("demo", "Run a transmitter and a receiver, and publish an event");
  verb.add_option("--folder", options->demo.folder, "Where everything goes; made anew")
      ->capture_default_str()
      ->type_name("DIR");
  verb.add_flag("--once", options->once,
                "End after the first event, as without a terminal; else go on until Ctrl-C");
  run_with(verb, program, [options](Console& console) { return run(*options, console); });
  add_examples(verb, {"tocsin demo", "tocsin demo --once --folder demo"});
}

}  // namespace tocsin::cli
