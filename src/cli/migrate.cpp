// tocsin migrate: which schema the store has, and bringing it up to this version.
#include "app/migration.h"

#include <memory>

#include "app/config_file.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

struct Options {
  std::string config = "tocsin.toml";
  bool check = false;
};

void print(const app::StoreSchema& schema, bool migrated, Console& console) {
  if (console.output == Output::json) {
    console.print_json(JsonObject{{"store", schema.path},
                                  {"schema", static_cast<std::int64_t>(schema.have)},
                                  {"needed", static_cast<std::int64_t>(schema.need)},
                                  {"migrated", migrated}});
    return;
  }
  const std::string have = std::to_string(schema.have);
  const std::string need = std::to_string(schema.need);
  if (schema.have == schema.need) {
    console.print(schema.path + ": schema " + have + ", which is what this version needs");
  } else if (migrated) {
    console.print(schema.path + ": migrated from schema " + have + " to " + need);
  } else {
    console.print(schema.path + ": schema " + have + ", and this version needs " + need);
  }
}

Result<Exit> run(const Options& options, Console& console) {
  const app::ConfigAnswer answer = app::load_config(options.config);
  for (const app::ConfigFinding& finding : answer.findings) console.error(finding.to_text());
  if (!answer.config) return Exit::usage;
  if (options.check) {
    TOCSIN_TRY(const app::StoreSchema schema, app::read_schema(*answer.config));
    print(schema, false, console);
    return schema.have == schema.need ? Exit::yes : Exit::no;
  }
  TOCSIN_TRY(const app::StoreSchema schema, app::migrate_store(*answer.config));
  print(schema, schema.have != schema.need, console);
  return Exit::yes;
}

}  // namespace

void add_migrate(CLI::App& tocsin, Program& program) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_verb(tocsin, program, "migrate", "Bring a store up to this version",
                            [options](Console& console) { return run(*options, console); });
  verb.add_option("--config", options->config, "The configuration")
      ->capture_default_str()
      ->type_name("FILE");
  verb.add_flag("--check", options->check, "Change nothing: exit 1 if it is not up to date");
  add_examples(verb, {"tocsin migrate --check --config signals/tocsin.toml",
                      "tocsin migrate --config signals/tocsin.toml"});
}

}  // namespace tocsin::cli
