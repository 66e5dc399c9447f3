#include "cli/flags.h"

#include <map>
#include <utility>

#include "cli/shorthand.h"

namespace tocsin::cli {

CLI::App& add_verb(CLI::App& noun, Program& program, const std::string& name,
                   const std::string& description, Run run) {
  CLI::App& verb = *noun.add_subcommand(name, description);
  static const std::map<std::string, Output> outputs{{"text", Output::text},
                                                     {"json", Output::json}};
  verb.add_option("--output", program.console.output, "How results are printed: text or json")
      ->transform(CLI::CheckedTransformer(outputs).description(""))
      ->type_name("FORMAT")
      ->default_str("text");
  run_with(verb, program, std::move(run));
  return verb;
}

void run_with(CLI::App& verb, Program& program, Run run) {
  verb.callback([&program, run = std::move(run)] {
    program.action = [&program, run] {
      const Result<Exit> exit = run(program.console);
      return exit ? *exit : program.console.fail(exit.error());
    };
  });
}

CLI::Option* add_repeatable(CLI::App& verb, const std::string& name,
                            std::vector<std::string>& values, const std::string& description,
                            const std::string& type_name) {
  return verb.add_option(name, values, description)
      ->allow_extra_args(false)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name(type_name);
}

void add_examples(CLI::App& verb, std::initializer_list<std::string_view> examples) {
  std::string text = "Examples:";
  for (const std::string_view example : examples) text += "\n  " + std::string(example);
  verb.footer(text);
}

void PolicyFlags::add_to(CLI::App& verb) {
  verb.add_option("--profile", profile, "Rules of the stream: ssf1 or caep-interop")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--strictness", strictness,
                  "Instead of the profile's: strict, interop or lenient")
      ->type_name("NAME");
}

Result<SetPolicy> PolicyFlags::policy() const {
  return policy_for(profile, strictness);
}

}  // namespace tocsin::cli
