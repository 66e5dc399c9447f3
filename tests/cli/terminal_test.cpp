// What the program does with the streams it is given, and with the process it is.
#include <gmock/gmock.h>

#include "cli/sets.h"

namespace tocsin::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const Call on_terminal{
    .input = std::string(good_claims), .environment = {{"TERM", "xterm"}}, .on_terminal = true};

TEST(Terminal, HasColours) {
  const Workplace place;
  EXPECT_EQ(place.tocsin({"set", "lint"}, on_terminal).out,
            "\x1b[32macceptable\x1b[0m: nothing to remark\n");
  EXPECT_EQ(place.tocsin({"set", "lint", "missing.json"}, on_terminal).out,
            "\x1b[31merror: \x1b[0mmissing.json: No such file or directory\n");
}

TEST(Terminal, HasNoneForWhoWantsNone) {
  const Workplace place;
  for (const auto& [name, value] : {std::pair{"NO_COLOR", "1"}, std::pair{"TERM", "dumb"}}) {
    Call call = on_terminal;
    call.environment[name] = value;
    EXPECT_EQ(place.tocsin({"set", "lint"}, call).out, "acceptable: nothing to remark\n");
  }
}

TEST(Terminal, IsNotWhatAFileIs) {
  const Workplace place;
  EXPECT_EQ(place
                .tocsin({"set", "lint"},
                        {.input = std::string(good_claims), .environment = {{"TERM", "xterm"}}})
                .out,
            "acceptable: nothing to remark\n");
}

TEST(Terminal, IsNotObeyedByWhatSomebodyElseWrote) {
  const Workplace place;
  Call call = on_terminal;
  call.input = "{\"\x1b]0;title\a\":1}";
  const Answer answer = place.tocsin({"set", "lint"}, call);
  EXPECT_EQ(answer.exit, 1);
  EXPECT_THAT(answer.out, Not(HasSubstr("\x1b]")));
}

TEST(Stdout, ThatIsFullIsNoSuccess) {
  const Workplace place;
  place.folder().write("claims.json", good_claims);
  for (const std::string line :
       {"tocsin set lint claims.json > /dev/full", "tocsin --help > /dev/full",
        "tocsin set lint --output json claims.json > /dev/full"}) {
    const Answer answer = place.shell(line);
    EXPECT_EQ(answer.exit, 4) << line;
    EXPECT_EQ(answer.err, "error: standard output cannot be written\n") << line;
  }
}

TEST(Process, SEC_33_LeavesNoCoreFile) {
  const Workplace place;
  // Waits until the program has given up its core files (or never will), then has it die of a
  // signal that leaves one.
  const Answer answer = place.shell(
      "ulimit -c unlimited 2>/dev/null\n"
      "mkfifo pipe; tocsin set decode < pipe & exec 3> pipe\n"
      "tries=0\n"
      "until grep '^Max core file size *0 *0 ' /proc/$!/limits; do\n"
      "  tries=$((tries + 1)); [ $tries -lt 2000 ] || break\n"
      "done\n"
      "kill -ABRT $!; wait $!; ls");
  EXPECT_THAT(answer.out, testing::MatchesRegex("Max core file size *0 *0 *bytes *\npipe\n"));
}

}  // namespace
}  // namespace tocsin::test
