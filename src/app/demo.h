// What `tocsin demo` runs: two processes of this program, a transmitter and a receiver that know
// each other through HTTPS only, one event from the one to the other, and one forgery.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tocsin/result.h"

namespace tocsin::app {

struct DemoOptions {
  std::string folder =
      "var/demo";  // made, with mode 0700; keys and certificates of the last run go
};

// Runs it to its end, calling `print` for each line of the result: fifteen at most. Every process
// it started is gone when it returns, also after SIGINT and SIGTERM, which it passes on to itself
// once that is done. It starts its processes as `tocsin demo --role ROLE --folder FOLDER`.
Result<void> run_demo(const DemoOptions& options,
                      const std::function<void(std::string_view line)>& print);

// One of the two processes, "transmitter" or "receiver". Does what it is told on stdin, answers on
// stdout, and returns when stdin ends. config_invalid for another role.
Result<void> run_demo_role(std::string_view role, const std::string& folder);

}  // namespace tocsin::app
