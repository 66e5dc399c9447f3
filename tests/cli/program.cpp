#include "cli/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <system_error>

extern char** environ;

namespace tocsin::test {
namespace {

void require(bool success, const char* what) {
  if (!success) throw std::system_error(errno, std::generic_category(), what);
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// What a child gets to see: our environment without what would colour its answers.
std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string name(text.substr(0, text.find('=')));
    if (name == "PATH" || name == "NO_COLOR" || name == "TERM" || more.contains(name)) continue;
    environment.emplace_back(text);
  }
  const std::string_view program = TOCSIN_PROGRAM;
  environment.push_back("PATH=" + std::string(program.substr(0, program.rfind('/'))) +
                        ":/usr/bin:/bin");
  for (const auto& [name, value] : more) environment.push_back(name + "=" + value);
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// A terminal that keeps line ends as they were written.
class Terminal {
 public:
  Terminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    require(master_ >= 0 && ::grantpt(master_) == 0 && ::unlockpt(master_) == 0, "a terminal");
    require(::ptsname_r(master_, name_.data(), name_.size()) == 0, "the terminal's name");
    // Held open so that the output outlives the child.
    slave_ = ::open(name_.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    require(slave_ >= 0 && ::fcntl(master_, F_SETFL, O_NONBLOCK) == 0, "the terminal's end");
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    ::close(slave_);
    ::close(master_);
  }

  const char* name() const noexcept { return name_.data(); }

  std::string written() const {
    std::string text;
    std::array<char, 4096> part{};
    while (true) {
      const ssize_t got = ::read(master_, part.data(), part.size());
      if (got <= 0) break;
      for (const char c : std::string_view(part.data(), static_cast<std::size_t>(got))) {
        if (c != '\r') text += c;
      }
    }
    return text;
  }

 private:
  int master_;
  int slave_ = -1;
  std::array<char, 64> name_{};
};

}  // namespace

Answer Workplace::tocsin(std::vector<std::string> arguments, const Call& call) const {
  return run(TOCSIN_PROGRAM, std::move(arguments), call);
}

Answer Workplace::shell(const std::string& line, const Call& call) const {
  return run("/bin/sh", {"-c", line}, call);
}

Answer Workplace::run(const std::string& program, std::vector<std::string> arguments,
                      const Call& call) const {
  const std::string in = streams_.write("in", call.input);
  const std::string out = streams_.file("out");
  const std::string err = streams_.file("err");
  const Terminal terminal;
  constexpr int write_anew = O_WRONLY | O_CREAT | O_TRUNC;

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
  if (call.on_terminal) {
    ::posix_spawn_file_actions_addopen(&actions, 1, terminal.name(), O_RDWR | O_NOCTTY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  } else {
    ::posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), write_anew, 0600);
    ::posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), write_anew, 0600);
  }
  ::posix_spawn_file_actions_addchdir_np(&actions, folder_.path().c_str());

  arguments.insert(arguments.begin(), program);
  std::vector<std::string> environment = environment_with(call.environment);
  pid_t child = 0;
  errno = ::posix_spawn(&child, program.c_str(), &actions, nullptr, pointers_to(arguments).data(),
                        pointers_to(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  require(errno == 0, program.c_str());

  int status = 0;
  require(::waitpid(child, &status, 0) == child, "waitpid");
  const int exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (call.on_terminal) return {exit, terminal.written(), {}};
  return {exit, content_of(out), content_of(err)};
}

}  // namespace tocsin::test
