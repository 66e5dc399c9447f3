// `tocsin demo`, as a user runs it: `tocsin serve`, a receiver, one event on both streams, one
// forgery refused; on a terminal, what others publish until Ctrl-C.
#include <gmock/gmock.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "cli/program.h"
#include "support/fixtures.h"

namespace tocsin {
namespace {

using test::Workplace;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view session_revoked =
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

std::size_t lines_of(const std::string& text) {
  return test::split(text, '\n').size() - 1;
}

// Processes that were given `word` on their command line.
int processes_with(const std::string& word) {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string line{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (line.find(word) != std::string::npos) ++found;
  }
  return found;
}

// A demo with somebody before it: stdin, stdout and stderr are a terminal.
class Watched {
 public:
  explicit Watched(const std::string& folder) {
    const std::string program = TOCSIN_PROGRAM;
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    ::execl(program.c_str(), program.c_str(), "demo", "--folder", folder.c_str(), nullptr);
    ::_exit(127);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      wait();
    }
    ::close(terminal_);
  }

  // What it has printed, once `times` lines of that hold `text`; or all it ever prints.
  std::string read_until(std::string_view text, std::size_t times = 1) {
    while (lines_with(text) < times) {
      pollfd ready{terminal_, POLLIN, 0};
      if (::poll(&ready, 1, 20'000) != 1) break;
      std::array<char, 4096> part{};
      const ssize_t got = ::read(terminal_, part.data(), part.size());
      if (got <= 0) break;
      printed_.append(part.data(), static_cast<std::size_t>(got));
    }
    std::erase(printed_, '\r');
    return printed_;
  }

  void type(char key) const { EXPECT_EQ(::write(terminal_, &key, 1), 1); }
  void kill() const { ::kill(pid_, SIGKILL); }

  // Its exit code, or minus the signal that ended it.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  // Whole lines only.
  std::size_t lines_with(std::string_view text) const {
    std::size_t count = 0;
    for (std::size_t at = 0, end = 0; (end = printed_.find('\n', at)) != std::string::npos;
         at = end + 1) {
      if (std::string_view(printed_).substr(at, end - at).find(text) != std::string::npos) ++count;
    }
    return count;
  }

  pid_t pid_ = 0;
  int terminal_ = -1;
  std::string printed_;
};

std::string line_with(const std::string& text, std::string_view word) {
  for (const std::string& line : test::split(text, '\n')) {
    if (line.find(word) != std::string::npos) return line;
  }
  return {};
}

TEST(Demo, GoesTheWholeWayOnBothStreamsAndRefusesAForgery) {
  const Workplace place;
  const auto answer = place.tocsin({"demo"});
  SCOPED_TRACE(answer.out + answer.err);
  EXPECT_EQ(answer.exit, 0);
  EXPECT_EQ(answer.err, "");
  EXPECT_LE(lines_of(answer.out), 15U);
  EXPECT_THAT(line_with(answer.out, "discovered"), HasSubstr("/.well-known/ssf-configuration"));
  EXPECT_THAT(line_with(answer.out, "token"), HasSubstr("/oauth/token"));
  EXPECT_THAT(line_with(answer.out, "push stream"), HasSubstr(", verified in "));
  EXPECT_THAT(line_with(answer.out, "poll stream"), HasSubstr(", verified in "));
  EXPECT_THAT(answer.out, HasSubstr(R"({"format":"email","email":"alice@example.com"})"));
  EXPECT_THAT(answer.out, HasSubstr(session_revoked));
  EXPECT_THAT(line_with(answer.out, "  pushed"), HasSubstr(" ms after it"));
  EXPECT_THAT(line_with(answer.out, "  polled"), HasSubstr(" ms after it"));
  EXPECT_THAT(line_with(answer.out, "tampered"), HasSubstr(R"(400 {"err":"invalid_key")"));
  EXPECT_THAT(answer.out, Not(HasSubstr("tocsin publish")));  // nobody could
}

TEST(Demo, ShowsWhatIsPublishedWithTheLineItPrintsUntilCtrlC) {
  const Workplace place;
  const std::string folder = place.folder().path() + "/a demo";
  Watched demo(folder);
  const std::string introduction = demo.read_until(" publish --url ");
  const std::string line = line_with(introduction, " publish --url ");
  ASSERT_NE(line, "") << introduction;
  EXPECT_LE(lines_of(introduction), 15U) << introduction;

  const auto published = place.shell("cd /\n" + line);
  EXPECT_EQ(published.exit, 0) << published.err;
  // The pasted line names bob, too.
  const std::string shown = demo.read_until(R"("email":"bob@example.com")", 2);
  const std::string arrived = shown.substr(introduction.size());
  EXPECT_THAT(line_with(arrived, "  pushed"), HasSubstr(session_revoked));
  EXPECT_THAT(line_with(arrived, "  polled"), HasSubstr(session_revoked));
  EXPECT_THAT(arrived, HasSubstr(" ms after it, "));

  demo.type('\x03');
  EXPECT_THAT(demo.read_until("Both are gone"), HasSubstr("Both are gone"));
  EXPECT_EQ(demo.wait(), 0);
  EXPECT_EQ(processes_with(folder), 0);
}

TEST(Demo, ItsTransmitterDoesNotOutliveIt) {
  const Workplace place;
  const std::string folder = place.folder().path() + "/killed";
  Watched demo(folder);
  ASSERT_THAT(demo.read_until("until Ctrl-C"), HasSubstr("until Ctrl-C"));
  ASSERT_EQ(processes_with(folder), 2);
  demo.kill();
  EXPECT_EQ(demo.wait(), -SIGKILL);
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (processes_with(folder) != 0 && std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(processes_with(folder), 0);
}

TEST(Demo, SEC_33_LeavesNothingButItsFolderAndNobodyElseReadsIt) {
  const Workplace place;
  const std::string folder = place.folder().path() + "/kept";
  ASSERT_EQ(place.tocsin({"demo", "--folder", folder}).exit, 0);
  EXPECT_EQ(processes_with(folder), 0);

  struct stat status{};
  ASSERT_EQ(::stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0077, 0U) << entry.path();
  }
  EXPECT_GT(files, 0);
}

TEST(Demo, RunsAgainWhereItRanBefore) {
  const Workplace place;
  EXPECT_EQ(place.tocsin({"demo"}).exit, 0);
  const auto again = place.tocsin({"demo"});
  EXPECT_EQ(again.exit, 0) << again.err;
}

TEST(Demo, EmptiesNoFolderButItsOwn) {
  const Workplace place;
  const std::string letter = place.folder().write("letter", "dear");
  const auto answer = place.tocsin({"demo", "--folder", "."});
  EXPECT_EQ(answer.exit, 2) << answer.out;
  EXPECT_THAT(answer.err, HasSubstr("not empty"));
  EXPECT_TRUE(std::filesystem::exists(letter));
}

TEST(Demo, RunsOnceInAFolder) {
  const Workplace place;
  Watched demo(place.folder().path() + "/var/demo");
  ASSERT_THAT(demo.read_until("until Ctrl-C"), HasSubstr("until Ctrl-C"));
  const auto answer = place.tocsin({"demo"});
  EXPECT_EQ(answer.exit, 2) << answer.out;
  EXPECT_THAT(answer.err, HasSubstr("another demo runs there"));
}

TEST(Demo, SaysWhatIsWrongWithItsFolder) {
  const Workplace place;
  const auto answer = place.tocsin({"demo", "--folder", "/proc/nowhere"});
  EXPECT_EQ(answer.exit, 2) << answer.out;
  EXPECT_THAT(answer.err, HasSubstr("/proc/nowhere"));
}

}  // namespace
}  // namespace tocsin
