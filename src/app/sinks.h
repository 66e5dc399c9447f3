// The sinks of a configuration, each with its place in the inbox, and the end of what all of them
// have had.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/log.h"
#include "app/machine.h"
#include "app/metrics.h"
#include "sink/sink.h"
#include "sink/sink_runner.h"
#include "store/inbox.h"
#include "store/notes.h"

namespace tocsin::app {

// For the loop's thread. What it starts refers to it until the loop is gone.
class Sinks {
 public:
  struct Parts {
    Machine& machine;
    Log& log;
    store::Inbox& inbox;
    store::Notes& notes;
  };

  // Errors: config_invalid, file_unreadable, file_mode.
  static Result<std::unique_ptr<Sinks>> open(const Config& config, Parts parts);
  // What open() would find wrong, but for files that it would make.
  static Result<void> check(const Config& config);

  void start();
  void stop();

  // A SET was kept.
  void wake();

  void add_metrics(MetricsPage& page) const;

 private:
  struct One {
    std::string name;
    std::unique_ptr<sink::Sink> sink;
    std::unique_ptr<sink::SinkRunner> runner;
  };

  Sinks(Parts parts, std::chrono::milliseconds retention) : parts_(parts), retention_(retention) {}
  Result<void> open_sink(const SinkSection& section);
  // Erases SETs that are old enough and that every sink has had.
  http::Task<void> keep_house();

  const Parts parts_;
  const std::chrono::milliseconds retention_;
  std::vector<One> sinks_;
  bool is_stopping_ = false;
};

}  // namespace tocsin::app
