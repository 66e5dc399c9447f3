// JSON objects between two processes of ours, one a line, over a pair of pipes.
#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <string>

#include "loop/task.h"
#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin::app {

using loop::Task;

// For the loop's thread.
class MessagePipe {
 public:
  // Takes over both descriptors.
  MessagePipe(loop::Loop& loop, int read_from, int write_to);

  // Small messages only: it waits while the pipe is full. net_closed if nobody reads any more.
  Result<void> send(const JsonObject& message);

  // The next message; net_closed once the other side ended, net_answer for what is no message.
  Task<Result<JsonObject>> receive();

  // The other side sees the end. Messages can still be received.
  void end() { out_.close(); }

 private:
  using Descriptor = boost::asio::posix::basic_stream_descriptor<loop::Loop::executor_type>;
  Descriptor in_;
  Descriptor out_;
  std::string received_;
};

}  // namespace tocsin::app
