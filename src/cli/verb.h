// Every verb of the program, one function each: it adds the verb to its noun, with its flags, its
// help and the code that runs it. `program` outlives the parse.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "base/outer_faces.h"
#include "cli/console.h"

namespace tocsin::cli {

// What the chosen verb does, called after the whole command line was understood.
using Action = std::function<Exit()>;

struct Program {
  Console console;
  Action action;
};

void add_set_mint(CLI::App& set, Program& program);
void add_set_verify(CLI::App& set, Program& program);
void add_set_decode(CLI::App& set, Program& program);
void add_set_lint(CLI::App& set, Program& program);

void add_key_new(CLI::App& key, Program& program);
void add_key_list(CLI::App& key, Program& program);
void add_key_export(CLI::App& key, Program& program);
void add_key_rotate(CLI::App& key, Program& program);
void add_key_retire(CLI::App& key, Program& program);
void add_key_seal(CLI::App& key, Program& program);

void add_client_add(CLI::App& client, Program& program);
void add_client_list(CLI::App& client, Program& program);
void add_client_show(CLI::App& client, Program& program);
void add_client_rotate_secret(CLI::App& client, Program& program);
void add_client_remove(CLI::App& client, Program& program);

void add_delivery_list(CLI::App& delivery, Program& program);
void add_delivery_show(CLI::App& delivery, Program& program);
void add_delivery_retry(CLI::App& delivery, Program& program);
void add_delivery_drop(CLI::App& delivery, Program& program);

void add_event_list(CLI::App& event, Program& program);
void add_event_replay(CLI::App& event, Program& program);

void add_backup(CLI::App& tocsin, Program& program);
void add_demo(CLI::App& tocsin, Program& program);
void add_init(CLI::App& tocsin, Program& program);
void add_migrate(CLI::App& tocsin, Program& program);
void add_publish(CLI::App& tocsin, Program& program);
void add_serve(CLI::App& tocsin, Program& program);
void add_token(CLI::App& tocsin, Program& program);

}  // namespace tocsin::cli
