#include "app/serve.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "app/callers.h"
#include "app/config_file.h"
#include "app/health.h"
#include "app/machine.h"
#include "app/receiver_role.h"
#include "app/service.h"
#include "app/sinks.h"
#include "app/transmitter_role.h"
#include "base/try.h"

namespace tocsin::app {
namespace {

LogLevel level_of(const Config& config) {
  return parse_log_level(config.log.level).value_or(LogLevel::info);
}

}  // namespace

Result<void> check(const Config& config) {
  TOCSIN_TRY(const auto machine, Machine::open(config));
  if (config.transmits()) {
    TOCSIN_TRY(const KeySet set_keys, TransmitterRole::check(config));
    oauth::MemoryAssertions assertions(machine->clock);
    TOCSIN_TRY(const auto callers, Callers::open(config, set_keys, assertions, *machine));
  }
  TOCSIN_CHECK(ReceiverRole::check(config));
  TOCSIN_CHECK(Sinks::check(config));
  TOCSIN_CHECK(open_tls(config.server));
  if (config.admin.token.empty()) return {};
  TOCSIN_TRY(const std::string token, read_secret(config.admin.token));
  return judge_admin_token(token);
}

Result<void> serve(Config config, std::string config_file) {
  // A peer that is gone is an error of one connection, not the end of us.
  ::signal(SIGPIPE, SIG_IGN);
  // Neither is a file that may not grow any more (RLIMIT_FSIZE): the write fails, and is refused.
  ::signal(SIGXFSZ, SIG_IGN);
  const ServiceManager manager = ServiceManager::from_environment();
  TOCSIN_TRY(const auto machine, Machine::open(config));
  Log log(STDERR_FILENO, level_of(config), machine->clock);
  TOCSIN_TRY(const auto service, Service::open(std::move(config), {*machine, log, manager}));
  TOCSIN_CHECK(service->run(config_file));
  // What still waits on the loop and what it waits for refer to each other, so nothing is taken
  // apart in order: what must be on disk is there, and the rest goes with the process.
  std::_Exit(0);
}

}  // namespace tocsin::app
