// --help, --version, and what a wrong command line is told.
#include <gmock/gmock.h>

#include <sstream>

#include "cli/sets.h"

namespace tocsin::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::vector<std::vector<std::string>> verbs{
    {"key", "new"},
    {"key", "list"},
    {"key", "export"},
    {"key", "rotate"},
    {"key", "retire"},
    {"set", "mint"},
    {"set", "verify"},
    {"set", "decode"},
    {"set", "lint"},
    {"client", "add"},
    {"client", "list"},
    {"client", "show"},
    {"client", "rotate-secret"},
    {"client", "remove"},
    {"key", "seal"},  // the last: it changes the file that others read
};

std::string help_of(const Workplace& place, std::vector<std::string> verb) {
  verb.push_back("--help");
  const Answer answer = place.tocsin(verb);
  EXPECT_EQ(answer.exit, 0);
  EXPECT_EQ(answer.err, "");
  return answer.out;
}

// The commands under "Examples:", as somebody would paste them.
std::vector<std::string> examples_in(const std::string& help) {
  std::vector<std::string> examples;
  std::istringstream lines(help.substr(std::min(help.find("Examples:"), help.size())));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && !line.empty()) {
    if (line.starts_with("  tocsin ")) {
      examples.push_back(line);
    } else if (!examples.empty()) {
      examples.back() += "\n" + line;
    }
  }
  return examples;
}

// The files that examples name.
void furnish(const Workplace& place) {
  ASSERT_EQ(place
                .shell("tocsin init --alg ES256 signals &&"
                       "tocsin key new --out signing.json &&"
                       "tocsin key export signing.json > jwks.json &&"
                       "tocsin key export --format pem signing.json > public.pem")
                .exit,
            0);
  place.folder().write(
      "claims.json",
      claims_with(R"(session-revoked":{)",
                  R"(session-revoked":{"event_timestamp":1756500000,"reason_admin":{"en":"x"})"));
  ASSERT_EQ(place.shell("tocsin set mint --key signing.json claims.json > set.jwt").exit, 0);
}

TEST(Help, ShowsExamplesThatWork) {
  const Workplace place;
  furnish(place);
  for (const auto& verb : verbs) {
    const auto examples = examples_in(help_of(place, verb));
    EXPECT_FALSE(examples.empty()) << verb[0] << " " << verb[1];
    for (const std::string& example : examples) {
      EXPECT_THAT(example, HasSubstr("tocsin " + verb[0] + " " + verb[1]));
      // Making a key needs a folder without it.
      const Workplace fresh;
      const Answer answer = (verb[1] == "new" ? fresh : place).shell(example);
      EXPECT_EQ(answer.exit, 0) << example << "\n" << answer.out << answer.err;
      const bool is_redirected = example.find('>') != std::string::npos;
      EXPECT_EQ(answer.out.empty(), is_redirected) << example;
    }
  }
}

TEST(Help, KnowsEveryVerbOfEveryNoun) {
  const Workplace place;
  const std::string nouns = help_of(place, {});
  for (const auto& verb : verbs) {
    EXPECT_THAT(nouns, HasSubstr("\n  " + verb[0] + " "));
    EXPECT_THAT(help_of(place, {verb[0]}), HasSubstr("\n  " + verb[1] + " "));
  }
}

TEST(Help, IsShownToWhoNamesNoVerb) {
  const Workplace place;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, std::vector<std::string>{"set"}}) {
    const Answer answer = place.tocsin(words);
    EXPECT_EQ(answer.exit, 2);
    EXPECT_EQ(answer.out, "");
    EXPECT_EQ(answer.err, help_of(place, words));
  }
}

TEST(Help, AWrongWordIsNamedAndTheRightHelpShown) {
  const Workplace place;
  const auto err_of = [&](const std::string& line) {
    const Answer answer = place.shell("tocsin " + line);
    EXPECT_EQ(answer.exit, 2);
    EXPECT_EQ(answer.out, "");
    return answer.err;
  };
  EXPECT_EQ(err_of("sett"), "error: there is no `tocsin sett`\nnote: `tocsin --help` shows how\n");
  EXPECT_EQ(err_of("set mnit --iss x"),
            "error: there is no `tocsin set mnit`\nnote: `tocsin set --help` shows how\n");
  EXPECT_EQ(err_of("set lint --strict x"),
            "error: The following argument was not expected: --strict\n"
            "note: `tocsin set lint --help` shows how\n");
  EXPECT_THAT(err_of("set lint --output xml x"), StartsWith("error: --output: "));
  EXPECT_THAT(err_of("set mint --iat soon"), StartsWith("error: Could not convert: --iat = soon"));
}

TEST(Version, IsOneLine) {
  const Workplace place;
  const Answer answer = place.tocsin({"--version"});
  EXPECT_EQ(answer.exit, 0);
  EXPECT_EQ(answer.out, "tocsin 0.1.0\n");
}

}  // namespace
}  // namespace tocsin::test
