#include "app/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace tocsin::app {
namespace {

constexpr const char* this_program = "/proc/self/exe";

// The two ends of a pipe, closed unless somebody takes them.
struct Pipe {
  int read = -1;
  int write = -1;

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    if (read >= 0) ::close(read);
    if (write >= 0) ::close(write);
  }
  bool open() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
};

// What the child is born with: our two pipes as stdin and stdout, and none of our signal settings.
class Birth {
 public:
  Birth(int in, int out) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes_);
    sigset_t all;
    ::sigfillset(&all);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  Birth(const Birth&) = delete;
  Birth& operator=(const Birth&) = delete;
  ~Birth() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  // 0, or why not.
  int spawn(pid_t& pid, std::vector<std::string> words) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    return ::posix_spawn(&pid, this_program, &actions_, &attributes_, argv.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

Error cannot_start(int reason) {
  return {Errc::internal_error,
          "cannot start a process: " + std::generic_category().message(reason)};
}

}  // namespace

Result<ChildProcess> ChildProcess::start(loop::Loop& loop,
                                         const std::vector<std::string>& arguments) {
  Pipe to_child;
  Pipe from_child;
  if (!to_child.open() || !from_child.open()) return cannot_start(errno);
  std::vector<std::string> words{"tocsin"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  Birth birth(to_child.read, from_child.write);
  pid_t pid = 0;
  if (const int reason = birth.spawn(pid, std::move(words)); reason != 0) {
    return cannot_start(reason);
  }
  return ChildProcess(pid, MessagePipe(loop, std::exchange(from_child.read, -1),
                                       std::exchange(to_child.write, -1)));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), pipe_(std::move(other.pipe_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// Its stdout ends when it does; what it still says is of no interest.
Task<bool> ChildProcess::finish() {
  pipe_.end();
  bool ended = false;
  while (!ended) {
    const Result<JsonObject> message = co_await pipe_.receive();
    ended = !message && message.error().code == Errc::net_closed;
  }
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  co_return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void ChildProcess::terminate() noexcept {
  if (pid_ != 0) ::kill(pid_, SIGTERM);
}

}  // namespace tocsin::app
