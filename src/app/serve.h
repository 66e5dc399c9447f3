// What `tocsin serve` runs: the roles of a configuration, until SIGTERM or SIGINT.
#pragma once

#include <string>

#include "app/config.h"
#include "tocsin/result.h"

namespace tocsin::app {

// Opens everything that serve() opens before it listens: keys, certificates, secrets. Leaves
// nothing behind. Errors: those of whatever cannot be opened.
Result<void> check(const Config& config);

// Serves. SIGTERM and SIGINT end it in order: no new work, what is under way has ten seconds
// (REL-23). SIGHUP reads `config_file` again (SEC-68). Logs to stderr; tells the service manager.
Result<void> serve(Config config, std::string config_file);

}  // namespace tocsin::app
