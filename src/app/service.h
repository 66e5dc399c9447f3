// One serving process: everything it is made of, in the order in which it is made.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/admin_api.h"
#include "app/callers.h"
#include "app/config.h"
#include "app/health.h"
#include "app/log.h"
#include "app/machine.h"
#include "app/receiver_role.h"
#include "app/service_manager.h"
#include "app/sinks.h"
#include "app/stored_assertions.h"
#include "app/transmitter_role.h"
#include "http/server.h"

namespace tocsin::app {

class Service {
 public:
  struct Parts {
    Machine& machine;
    Log& log;
    const ServiceManager& manager;
  };

  // Opens what the configuration names, but does not listen.
  static Result<std::unique_ptr<Service>> open(Config config, Parts parts);
  ~Service();

  // Listens, and serves until SIGTERM or SIGINT; then finishes what is under way (REL-23). SIGHUP
  // reads `config_file` again.
  Result<void> run(const std::string& config_file);

  // What each listener answers. They must not outlive this object.
  std::vector<http::Route> public_routes();
  Result<std::vector<http::Route>> admin_routes();

 private:
  explicit Service(Config config, Parts parts);

  Result<void> open_transmitter();
  Result<void> open_servers();
  Result<http::Server> open_server(const ListenAddress& listen, http::ServerConfig server,
                                   std::vector<http::Route> routes);
  http::Task<void> add_metrics(MetricsPage& page);
  void log_deed(const admin::Deed& deed);
  void one_ended();
  void announce();

  using Signals = boost::asio::basic_signal_set<loop::Loop::executor_type>;

  http::Task<void> serve(http::Server& server);
  http::Task<void> watch_signals(Signals& signals, std::string config_file);
  http::Task<void> feed_watchdog();
  http::Task<Result<void>> readiness();
  void tell_readiness(const Result<void>& answer);
  void reload(const std::string& config_file);
  void stop(int signal);

  Config config_;
  const Parts parts_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<TransmitterRole> transmitter_;  // where the configuration has one
  std::unique_ptr<StoredAssertions> assertions_;
  std::unique_ptr<Callers> callers_;        // and then, too
  std::unique_ptr<ReceiverRole> receiver_;  // where it has upstreams
  std::unique_ptr<Sinks> sinks_;            // likewise
  std::vector<MetricsSource> metrics_;
  ReadinessProbe probe_;
  const Readiness readiness_;
  std::optional<http::Server> public_;
  std::optional<http::Server> admin_;
  std::size_t working_ = 0;  // listeners and the engine, until they have ended
  bool is_stopping_ = false;
};

// What the listeners speak; nothing: plain HTTP. Errors: those of http::TlsServer.
Result<std::optional<http::TlsServer>> open_tls(const ServerSection& section);

}  // namespace tocsin::app
