// This same program once more, as a child that never outlives us: it is told to end if we die, and
// is killed and reaped with this object at the latest.
#pragma once

#include <sys/types.h>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <string>
#include <vector>

#include "loop/task.h"
#include "tocsin/result.h"

namespace tocsin::app {

// For the loop's thread, which is the one that must not end before the child.
class ChildProcess {
 public:
  // `arguments` are what follows the program's name; what it prints goes to `output_file`, made
  // anew. It is a process group of its own, so Ctrl-C is ours to pass on. file_unreadable,
  // internal_error if it cannot be started.
  static Result<ChildProcess> start(loop::Loop& loop, std::vector<std::string> arguments,
                                    const std::string& output_file);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  // Waits until it is gone: its exit code, or minus the signal that ended it. To be called once.
  loop::Task<int> ended();

  void signal(int number) noexcept;

 private:
  using Descriptor = boost::asio::posix::basic_stream_descriptor<loop::Loop::executor_type>;
  ChildProcess(pid_t pid, Descriptor process) : pid_(pid), process_(std::move(process)) {}

  pid_t pid_;           // 0: reaped, or moved from
  Descriptor process_;  // readable once it has ended
};

}  // namespace tocsin::app
