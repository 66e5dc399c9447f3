#include "app/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace tocsin::app {
namespace {

constexpr const char* this_program = "/proc/self/exe";

Error trouble(Errc code, const std::string& what) {
  return {code, what + ": " + std::generic_category().message(errno)};
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// In the child, between fork and exec: system calls and nothing else.
[[noreturn]] void become(char* const* argv, int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(0);  // it died before we could ask to be told
  ::setpgid(0, 0);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);  // sockets of ours among them
  ::execv(this_program, argv);
  ::_exit(127);
}

}  // namespace

Result<ChildProcess> ChildProcess::start(loop::Loop& loop, std::vector<std::string> arguments,
                                         const std::string& output_file) {
  const int output =
      ::open(output_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) return trouble(Errc::file_unreadable, output_file);
  arguments.insert(arguments.begin(), "tocsin");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become(argv.data(), output, parent);
  ::close(output);
  if (pid < 0) return trouble(Errc::internal_error, "cannot start a process");
  // Not by its function: Debian 12's header declares that without C linkage.
  const auto process = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (process < 0) {
    Error failure = trouble(Errc::internal_error, "cannot watch a process");
    ::kill(pid, SIGKILL);
    wait_for(pid);
    return failure;
  }
  return ChildProcess(pid, Descriptor(loop, process));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), process_(std::move(other.process_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  wait_for(pid_);
}

loop::Task<int> ChildProcess::ended() {
  constexpr auto resume = boost::asio::as_tuple(loop::Use{});
  co_await process_.async_wait(Descriptor::wait_read, resume);
  co_return wait_for(std::exchange(pid_, 0));
}

void ChildProcess::signal(int number) noexcept {
  if (pid_ != 0) ::kill(pid_, number);
}

}  // namespace tocsin::app
