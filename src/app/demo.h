// What `tocsin demo` runs: `tocsin serve` as the transmitter, and a receiver that goes the whole
// way with it over HTTPS: discovery, token, one push and one poll stream, verification, an event,
// and a SET that somebody tampered with.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tocsin/result.h"

namespace tocsin::app {

struct DemoOptions {
  std::string folder = "var/demo";  // made anew, with mode 0700
  bool stays = false;  // shows what else arrives until SIGINT or SIGTERM; else ends after the event
};

// Calls `print` for each line of the result: fifteen at most before it shows what others publish.
// The transmitter is gone when it returns. SIGINT, SIGTERM and SIGHUP end it in order; what is
// ended before it has shown the event is then ended by that signal.
Result<void> run_demo(const DemoOptions& options,
                      const std::function<void(std::string_view line)>& print);

}  // namespace tocsin::app
