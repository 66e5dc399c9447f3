// What the shells complete, and what the man page names: all that --help does.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "cli/program.h"

namespace tocsin::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

const std::string scripts = TOCSIN_COMPLETIONS;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The subcommands that `tocsin WORDS --help` lists.
std::vector<std::string> listed(const Workplace& place, const std::string& words) {
  static const std::regex name("^  ([a-z][a-z-]*)  .*");
  std::vector<std::string> names;
  std::smatch match;
  for (const std::string& line : lines_of(place.shell("tocsin " + words + " --help").out)) {
    if (std::regex_match(line, match, name)) names.push_back(match[1]);
  }
  return names;
}

// One shell that completes a line whose last word is begun.
struct Shell {
  std::string name;
  std::string script;  // prints what completes $LINE, a word on each line
};

const std::vector<Shell> shells{
    {"bash", ". '" + scripts +
                 "/tocsin.bash'\n"
                 "complete -p tocsin >&2\n"
                 "read -ra COMP_WORDS <<<\"$LINE\"\n"
                 "[[ $LINE == *' ' ]] && COMP_WORDS+=('')\n"
                 "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                 "_tocsin\n"
                 "printf '%s\\n' \"${COMPREPLY[@]}\"\n"},
    {"zsh",
     "_describe() { print -l -- ${${(P)2}%%:*}; }\n"
     "_files() { print -l -- *(N); }\n"
     "words=(\"${(@s: :)LINE}\")\n"
     "CURRENT=$#words\n"
     ". '" +
         scripts + "/tocsin.zsh'\n"},
    {"fish", "source '" + scripts + "/tocsin.fish'\ncomplete -C \"$LINE\" | cut -f 1\n"},
};

class Completion : public testing::TestWithParam<Shell> {
 protected:
  void SetUp() override {
    if (place_.shell("command -v " + GetParam().name).exit != 0) {
      GTEST_SKIP() << GetParam().name << " is not installed";
    }
    place_.folder().write("complete", GetParam().script);
    place_.folder().write("signing.json", "{}");
  }

  std::vector<std::string> complete(const std::string& line) const {
    static const std::map<std::string, std::string> quiet{
        {"bash", "--norc"}, {"zsh", "-f"}, {"fish", "--no-config"}};
    return lines_of(place_
                        .shell(GetParam().name + " " + quiet.at(GetParam().name) + " ./complete",
                               {.environment = {{"LINE", line}, {"HOME", place_.folder().path()}}})
                        .out);
  }

  Workplace place_;
};

TEST_P(Completion, KnowsEveryNounAndVerbOfTheHelp) {
  const std::vector<std::string> nouns = listed(place_, "");
  ASSERT_THAT(nouns, IsSupersetOf({"set", "key", "client", "delivery", "event", "migrate"}));
  EXPECT_THAT(complete("tocsin "), testing::UnorderedElementsAreArray(nouns));
  for (const std::string& noun : nouns) {
    const std::vector<std::string> verbs = listed(place_, noun);
    if (verbs.empty()) continue;
    EXPECT_THAT(complete("tocsin " + noun + " "), testing::UnorderedElementsAreArray(verbs));
  }
}

TEST_P(Completion, KnowsTheFlagsOfAVerb) {
  EXPECT_THAT(complete("tocsin delivery retry --"),
              IsSupersetOf({"--help", "--stream", "--dry-run", "--token"}));
  EXPECT_THAT(complete("tocsin delivery list --"), Not(Contains("--dry-run")));
  EXPECT_THAT(complete("tocsin migrate --"), IsSupersetOf({"--check", "--config"}));
}

TEST_P(Completion, KnowsFilesWhereThereIsNoVerb) {
  EXPECT_THAT(complete("tocsin key list s"), Contains("signing.json"));
}

INSTANTIATE_TEST_SUITE_P(Of, Completion, testing::ValuesIn(shells),
                         [](const auto& each) { return each.param.name; });

// "rotate\-secret" is how troff writes rotate-secret.
TEST(ManPage, NamesEveryVerb) {
  std::ifstream file(TOCSIN_MAN_PAGE);
  std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  page = std::regex_replace(page, std::regex(R"(\\-)"), "-");
  const Workplace place;
  for (const std::string& noun : listed(place, "")) {
    const std::vector<std::string> verbs = listed(place, noun);
    if (verbs.empty()) EXPECT_THAT(page, HasSubstr("\n.B " + noun + "\n"));
    bool is_first = true;
    for (const std::string& verb : verbs) {
      EXPECT_THAT(page,
                  HasSubstr(is_first ? ".BR \"" + noun + " " + verb + "\"" : " \", \" " + verb))
          << noun << " " << verb;
      is_first = false;
    }
  }
}

}  // namespace
}  // namespace tocsin::test
