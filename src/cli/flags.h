// What verbs have in common on the command line: output, policy, repeatable flags, examples.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cli/verb.h"
#include "tocsin/result.h"
#include "tocsin/security_event_token.h"

namespace tocsin::cli {

using Run = std::function<Result<Exit>(Console&)>;

// A verb of `noun` with --output. `run` is called once the command line was understood; its error
// is printed and becomes the exit code.
CLI::App& add_verb(CLI::App& noun, Program& program, const std::string& name,
                   const std::string& description, Run run);

// The same for a verb that prints nothing a machine would read.
void run_with(CLI::App& verb, Program& program, Run run);

// A flag that takes one value each time it is given.
CLI::Option* add_repeatable(CLI::App& verb, const std::string& name,
                            std::vector<std::string>& values, const std::string& description,
                            const std::string& type_name);

// Every example is run by a test, with the files its text names.
void add_examples(CLI::App& verb, std::initializer_list<std::string_view> examples);

struct PolicyFlags {
  std::string profile = "ssf1";
  std::string strictness;

  void add_to(CLI::App& verb);
  Result<SetPolicy> policy() const;
};

}  // namespace tocsin::cli
