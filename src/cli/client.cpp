// tocsin client: who may call the transmitter of a configuration.
#include <memory>

#include "app/client_folder.h"
#include "app/config_file.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct Options {
  std::string config = "tocsin.toml";
  app::ClientFile client;
  bool drop_old = false;
};

using Work = Result<Exit> (*)(const app::Config&, const Options&, Console&);

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text.empty() ? "-" : text;
}

JsonArray to_json(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

JsonObject describe(const app::KnownClient& known) {
  JsonArray roles;
  if (known.client.is_receiver) roles.emplace_back("receiver");
  if (known.client.is_producer) roles.emplace_back("producer");
  return {{"client_id", known.client.client_id},
          {"roles", std::move(roles)},
          {"scopes", to_json(known.scopes)},
          {"audience", to_json(known.client.audience)},
          {"events", to_json(known.client.events)},
          {"secrets", static_cast<std::int64_t>(known.client.secret_sha256.size())},
          {"file", known.file}};
}

void print_secret(const std::string& client_id, const std::string& secret, Console& console) {
  if (console.output == Output::json) {
    console.print_json(JsonObject{{"client_id", client_id}, {"client_secret", secret}});
  } else {
    console.print("Client  " + client_id);
    console.print("Secret  " + secret);
  }
  console.note("the secret is shown now and stored nowhere; a process that serves needs SIGHUP");
}

Result<Exit> add(const app::Config& config, const Options& options, Console& console) {
  if (!options.client.is_receiver && !options.client.is_producer) {
    return Error(Errc::config_invalid, "--receiver, --producer, or both");
  }
  TOCSIN_TRY(const std::string secret, app::add_client(config, options.client));
  print_secret(options.client.client_id, secret, console);
  return Exit::yes;
}

Result<Exit> list(const app::Config& config, const Options&, Console& console) {
  JsonArray entries;
  for (const app::KnownClient& known : app::clients_of(config)) {
    entries.emplace_back(describe(known));
    if (console.output == Output::text) {
      console.print(known.client.client_id + "  " + joined(known.scopes));
    }
  }
  if (console.output == Output::json) console.print_json(std::move(entries));
  return Exit::yes;
}

Result<Exit> show(const app::Config& config, const Options& options, Console& console) {
  TOCSIN_TRY(const app::KnownClient known, app::find_client(config, options.client.client_id));
  if (console.output == Output::json) {
    console.print_json(describe(known));
    return Exit::yes;
  }
  console.print("Client    " + known.client.client_id);
  console.print("Scopes    " + joined(known.scopes));
  console.print("Audience  " + joined(known.client.audience));
  console.print("Events    " + joined(known.client.events));
  console.print("Secrets   " + std::to_string(known.client.secret_sha256.size()));
  console.print("File      " + known.file);
  return Exit::yes;
}

Result<Exit> rotate(const app::Config& config, const Options& options, Console& console) {
  const std::string& client_id = options.client.client_id;
  TOCSIN_TRY(const std::string secret, app::rotate_secret(config, client_id, options.drop_old));
  print_secret(client_id, secret, console);
  return Exit::yes;
}

Result<Exit> remove(const app::Config& config, const Options& options, Console& console) {
  TOCSIN_CHECK(app::remove_client(config, options.client.client_id));
  console.print(options.client.client_id + ": removed");
  console.note("a process that serves needs SIGHUP");
  return Exit::yes;
}

Result<Exit> run(Work work, const Options& options, Console& console) {
  const app::ConfigAnswer answer = app::load_config(options.config);
  if (answer.config) return work(*answer.config, options, console);
  for (const app::ConfigFinding& finding : answer.findings) console.error(finding.to_text());
  return Exit::usage;
}

// A verb with --config, and with the client's name unless it is about all of them.
CLI::App& add_client_verb(CLI::App& noun, Program& program, const std::string& name,
                          const std::string& description, Work work,
                          const std::shared_ptr<Options>& options) {
  CLI::App& verb = add_verb(noun, program, name, description, [work, options](Console& console) {
    return run(work, *options, console);
  });
  verb.add_option("--config", options->config, "The configuration")
      ->capture_default_str()
      ->type_name("FILE");
  if (name != "list") verb.add_option("CLIENT", options->client.client_id, "Its name")->required();
  return verb;
}

}  // namespace

void add_client_add(CLI::App& client, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_client_verb(client, program, "add", "Let somebody call", add, options);
  app::ClientFile& made = options->client;
  verb.add_flag("--receiver", made.is_receiver, "It may have streams");
  verb.add_flag("--producer", made.is_producer, "It may hand in events");
  add_repeatable(verb, "--audience", made.audience,
                 "aud of its SETs; a value for each stream unless given", "URI");
  add_repeatable(verb, "--event", made.events,
                 "Event type it may have or hand in; all that are offered unless given", "TYPE");
  add_examples(verb, {"tocsin client add --config signals/tocsin.toml --receiver acme"});
}

void add_client_list(CLI::App& client, Program& program) {
  CLI::App& verb = add_client_verb(client, program, "list", "List who may call", list,
                                   std::make_shared<Options>());
  add_examples(verb, {"tocsin client list --config signals/tocsin.toml"});
}

void add_client_show(CLI::App& client, Program& program) {
  CLI::App& verb = add_client_verb(client, program, "show", "Show what a client may do", show,
                                   std::make_shared<Options>());
  add_examples(verb, {"tocsin client show --config signals/tocsin.toml receiver"});
}

void add_client_rotate_secret(CLI::App& client, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_client_verb(client, program, "rotate-secret", "Give a client a new secret",
                                   rotate, options);
  verb.add_flag("--drop-old", options->drop_old,
                "The old one is no good any more; else it is good until the next time");
  add_examples(verb, {"tocsin client rotate-secret --config signals/tocsin.toml receiver"});
}

void add_client_remove(CLI::App& client, Program& program) {
  CLI::App& verb = add_client_verb(client, program, "remove", "Let a client call no more", remove,
                                   std::make_shared<Options>());
  add_examples(verb, {"tocsin client remove --config signals/tocsin.toml producer"});
}

}  // namespace tocsin::cli
