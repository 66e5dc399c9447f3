// The program `tocsin`: its nouns, their verbs, and what is the same for all of them.
#include <sys/prctl.h>
#include <sys/resource.h>

#include <exception>
#include <iostream>
#include <string>

#include "cli/verb.h"
#include "tocsin/version.h"

namespace tocsin::cli {
namespace {

// SEC-33: keys and secrets are in this process's memory, so none of it may end in a core file.
void forbid_core_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

void add_verbs(CLI::App& tocsin, Program& program) {
  CLI::App& set = *tocsin.add_subcommand("set", "Security Event Tokens: make, check, explain one");
  add_set_mint(set, program);
  add_set_verify(set, program);
  add_set_decode(set, program);
  add_set_lint(set, program);

  CLI::App& key = *tocsin.add_subcommand("key", "Signing keys in a file");
  add_key_new(key, program);
  add_key_list(key, program);
  add_key_export(key, program);
  add_key_rotate(key, program);
  add_key_retire(key, program);
  add_key_seal(key, program);

  CLI::App& client = *tocsin.add_subcommand("client", "Who may call the transmitter");
  add_client_add(client, program);
  add_client_list(client, program);
  add_client_show(client, program);
  add_client_rotate_secret(client, program);
  add_client_remove(client, program);

  CLI::App& delivery = *tocsin.add_subcommand("delivery", "What a transmitter owes its streams");
  add_delivery_list(delivery, program);
  add_delivery_show(delivery, program);
  add_delivery_retry(delivery, program);
  add_delivery_drop(delivery, program);

  CLI::App& event = *tocsin.add_subcommand("event", "What was handed in to a transmitter");
  add_event_list(event, program);
  add_event_replay(event, program);

  add_init(tocsin, program);
  add_serve(tocsin, program);
  add_token(tocsin, program);
  add_publish(tocsin, program);
  add_backup(tocsin, program);
  add_migrate(tocsin, program);
  add_demo(tocsin, program);

  for (CLI::App* noun : {&set, &key, &client, &delivery, &event}) {
    noun->require_subcommand(1);
    noun->footer("`tocsin " + noun->get_name() + " VERB --help` shows flags and examples.");
  }
  tocsin.require_subcommand(1);
  tocsin.footer("`tocsin NOUN VERB --help` shows flags and examples.");
}

// The noun or verb the command line got to.
const CLI::App& reached(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : reached(*chosen.front());
}

std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return (parent == nullptr ? "" : full_name(*parent) + " ") + app.get_name();
}

Exit complain(const CLI::App& tocsin, const CLI::ParseError& wrong, Console& console) {
  const CLI::App& place = reached(tocsin);
  const bool lacks_verb = place.get_require_subcommand_min() > 0;
  const auto unknown = place.remaining();
  if (lacks_verb && unknown.empty()) {
    std::cerr << tocsin.help();
    return Exit::usage;
  }
  console.error(lacks_verb ? "there is no `" + full_name(place) + " " + unknown.front() + "`"
                           : wrong.what());
  console.note("`" + full_name(place) + " --help` shows how");
  return Exit::usage;
}

Exit parse(CLI::App& tocsin, Console& console, int argc, char** argv) {
  try {
    tocsin.parse(argc, argv);
    return Exit::yes;
  } catch (const CLI::Success& asked) {  // --help, --version
    tocsin.exit(asked);
    return Exit::yes;
  } catch (const CLI::ParseError& wrong) {
    return complain(tocsin, wrong, console);
  }
}

Exit run(int argc, char** argv) {
  Program program;
  CLI::App tocsin("OpenID Shared Signals: make, check and carry Security Event Tokens", "tocsin");
  tocsin.set_version_flag("--version", "tocsin " TOCSIN_VERSION);
  add_verbs(tocsin, program);
  Exit exit = parse(tocsin, program.console, argc, argv);
  if (program.action) exit = program.action();
  if (!program.console.flush()) {
    program.console.error("standard output cannot be written");
    return Exit::unavailable;
  }
  return exit;
}

}  // namespace
}  // namespace tocsin::cli

int main(int argc, char** argv) {
  tocsin::cli::forbid_core_dumps();
  try {
    return static_cast<int>(tocsin::cli::run(argc, argv));
  } catch (const std::exception& bug) {
    std::cerr << "tocsin: internal error: " << bug.what() << "\n";
    return static_cast<int>(tocsin::Exit::internal);
  }
}
