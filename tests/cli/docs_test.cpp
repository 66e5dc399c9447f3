// docs/cli.md shows what the program really prints.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "cli/program.h"

namespace tocsin::test {
namespace {

struct Shown {
  std::string command;
  std::string output;
};

// The commands of every `console` block, each with what is shown below it.
std::vector<Shown> commands_in(std::istream& document) {
  std::vector<Shown> commands;
  bool is_inside = false;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("```")) {
      is_inside = line == "```console";
    } else if (is_inside && line.starts_with("$ ")) {
      commands.push_back({line.substr(2), {}});
    } else if (is_inside && line.starts_with("> ") && !commands.empty()) {
      commands.back().command += "\n" + line.substr(2);
    } else if (is_inside && !commands.empty()) {
      commands.back().output += line + "\n";
    }
  }
  return commands;
}

// What is new on every run: the time, a random jti, and secrets.
std::string without_chance(const std::string& text) {
  static const std::regex chance(
      R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ|"iat": \d+|"jti": "[\w-]{22}"|(ecret +)[\w-]{43}\b)");
  return std::regex_replace(text, chance, "*");
}

TEST(Document, ShowsWhatTheProgramPrints) {
  std::ifstream document(TOCSIN_DOCUMENT);
  const auto commands = commands_in(document);
  ASSERT_GT(commands.size(), 10U);
  const Workplace place;
  int exit = 0;
  for (const Shown& shown : commands) {
    // One shell each, so $? is handed on.
    const Answer answer = place.shell("(exit " + std::to_string(exit) + ")\n" + shown.command);
    EXPECT_EQ(without_chance(answer.out + answer.err), without_chance(shown.output))
        << shown.command;
    exit = answer.exit;
  }
}

}  // namespace
}  // namespace tocsin::test
