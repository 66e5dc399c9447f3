// This same program once more, as a child that talks through its stdin and stdout and never
// outlives us: it ends when its stdin does, and is killed and reaped with this object at the
// latest.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "app/message_pipe.h"

namespace tocsin::app {

// For the loop's thread.
class ChildProcess {
 public:
  // `arguments` are what follows the program's name. internal_error if it cannot be started.
  static Result<ChildProcess> start(loop::Loop& loop, const std::vector<std::string>& arguments);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  MessagePipe& pipe() noexcept { return pipe_; }

  // Ends its stdin and waits until it is gone. True if it ended as it should, with exit code 0.
  Task<bool> finish();

  // Whatever it does, it is told to stop.
  void terminate() noexcept;

 private:
  ChildProcess(pid_t pid, MessagePipe pipe) : pid_(pid), pipe_(std::move(pipe)) {}

  pid_t pid_;  // 0: reaped, or moved from
  MessagePipe pipe_;
};

}  // namespace tocsin::app
