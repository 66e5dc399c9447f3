#include "app/service.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <iterator>
#include <utility>

#include "admin/admin_access.h"
#include "app/config_file.h"
#include "app/config_reload.h"
#include "app/open_store.h"
#include "base/try.h"
#include "tocsin/version.h"

namespace tocsin::app {
namespace {

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

void append(std::vector<http::Route>& routes, std::vector<http::Route> more) {
  std::move(more.begin(), more.end(), std::back_inserter(routes));
}

void add_server_metrics(MetricsPage& page, const std::string& name,
                        const http::ServerCounts& counts) {
  const MetricsPage::Labels server{{"server", name}};
  const auto refused = [&](const char* why, std::uint64_t count) {
    page.counter("tocsin_http_connections_refused_total", "Connections closed at once, by reason.",
                 static_cast<double>(count), {{"server", name}, {"reason", why}});
  };
  page.gauge("tocsin_http_connections", "Open connections.", static_cast<double>(counts.open),
             server);
  page.counter("tocsin_http_connections_total", "Connections accepted.",
               static_cast<double>(counts.accepted), server);
  refused("peer", counts.refused_peer);
  refused("total", counts.refused_total);
  refused("stranger", counts.refused_strangers);
  refused("descriptors", counts.refused_descriptors);
  refused("handshake", counts.failed_handshakes);
  page.counter("tocsin_http_requests_total", "Requests that reached a route.",
               static_cast<double>(counts.requests), server);
  page.counter("tocsin_http_malformed_total", "Requests refused before a route was looked for.",
               static_cast<double>(counts.malformed), server);
  page.counter("tocsin_http_incidents_total", "Requests answered with an error of ours.",
               static_cast<double>(counts.incidents), server);
}

Result<http::TrustedProxies> trusted_proxies(const ServerSection& section) {
  http::TrustedProxies proxies;
  for (const std::string& text : section.trusted_proxies) {
    TOCSIN_TRY(const IpNetwork network, parse_ip_network(text));
    proxies.networks.push_back(network);
  }
  using Says = http::TrustedProxies::Says;
  proxies.says = section.proxy_header == "Forwarded" ? Says::forwarded : Says::x_forwarded_for;
  return proxies;
}

}  // namespace

Result<std::optional<http::TlsServer>> open_tls(const ServerSection& section) {
  if (section.tls_certificate.path.empty()) return std::optional<http::TlsServer>();
  http::TlsServerConfig tls;
  tls.certificate_file = section.tls_certificate.path;
  tls.key_file = section.tls_key.path;
  tls.ocsp_file = section.tls_ocsp.path;
  TOCSIN_TRY(http::TlsServer server, http::TlsServer::open(tls));
  return std::optional(std::move(server));
}

Service::Service(Config config, Parts parts)
    : config_(std::move(config)),
      parts_(parts),
      probe_([this] { return transmitter_ ? transmitter_->readiness() : store_->probe(); },
             parts.machine.clock, [this](const Result<void>& answer) { tell_readiness(answer); }),
      readiness_([this] { return readiness(); }) {}

Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::open(Config config, Parts parts) {
  std::unique_ptr<Service> service(new Service(std::move(config), parts));
  TOCSIN_TRY(service->store_, open_store(service->config_, parts.machine));
  if (service->config_.transmits()) TOCSIN_CHECK(service->open_transmitter());
  if (service->config_.receives()) {
    store::SqliteStore& store = *service->store_;
    TOCSIN_TRY(service->receiver_,
               ReceiverRole::open(service->config_, {parts.machine, parts.log, store, store}));
    TOCSIN_TRY(service->sinks_,
               Sinks::open(service->config_, {parts.machine, parts.log, store, store}));
  }
  service->metrics_.emplace_back(
      [&service = *service](MetricsPage& page) { return service.add_metrics(page); });
  return service;
}

Result<void> Service::open_transmitter() {
  TOCSIN_TRY(transmitter_, TransmitterRole::open(config_, {parts_.machine, parts_.log, *store_}));
  assertions_ = std::make_unique<StoredAssertions>(*store_);
  TOCSIN_TRY(callers_,
             Callers::open(config_, transmitter_->set_keys(), *assertions_, parts_.machine));
  return {};
}

http::Task<void> Service::add_metrics(MetricsPage& page) {
  page.gauge("tocsin_build_info", "1; the labels say what runs.", 1, {{"version", TOCSIN_VERSION}});
  const Result<void> ready = co_await readiness();
  page.gauge("tocsin_ready", "1: /readyz answers 200.", ready ? 1 : 0);
  if (public_) add_server_metrics(page, "public", public_->counts());
  if (admin_) add_server_metrics(page, "admin", admin_->counts());
  if (transmitter_) co_await transmitter_->add_metrics(page);
  if (receiver_) receiver_->add_metrics(page);
  if (sinks_) sinks_->add_metrics(page);
}

std::vector<http::Route> Service::public_routes() {
  std::vector<http::Route> routes;
  if (transmitter_) {
    routes = callers_->routes();
    append(routes, transmitter_->routes(*callers_));
  }
  if (receiver_) append(routes, receiver_->routes());
  return routes;
}

Result<http::Server> Service::open_server(const ListenAddress& listen, http::ServerConfig server,
                                          std::vector<http::Route> routes) {
  server.address = listen.address;
  server.port = listen.port;
  TOCSIN_TRY(server.tls, open_tls(config_.server));
  server.limits.connections_max = config_.server.connections_max;
  server.limits.connections_per_peer_max = config_.server.connections_per_peer_max;
  server.on_incident = [this](const http::Incident& incident) {
    parts_.log.error("incident",
                     {{"id", incident.id}, {"route", incident.route}, {"detail", incident.detail}});
  };
  Machine& machine = parts_.machine;
  return http::Server::open(machine.deadlines, machine.clock, machine.random, std::move(server),
                            std::move(routes));
}

void Service::log_deed(const admin::Deed& deed) {
  parts_.log.info("operator.acted", {{"who", deed.actor.who},
                                     {"from", deed.actor.from},
                                     {"action", deed.action},
                                     {"stream_id", deed.stream_id},
                                     {"done", static_cast<std::int64_t>(deed.done)},
                                     {"asked", static_cast<std::int64_t>(deed.asked)}});
}

// Without a token of its own there is nothing on this listener but health (SEC-07).
Result<std::vector<http::Route>> Service::admin_routes() {
  std::vector<http::Route> routes = health_routes(readiness_);
  if (config_.admin.token.empty()) return routes;
  TOCSIN_TRY(const std::string token, read_secret(config_.admin.token));
  TOCSIN_CHECK(judge_admin_token(token));
  const http::Access access = admin::admin_access(token, parts_.machine.clock);
  routes.push_back(metrics_route(metrics_, access));
  append(routes, admin::admin_api_routes(*store_, access,
                                         [this](const admin::Deed& deed) { log_deed(deed); }));
  return routes;
}

Result<void> Service::open_servers() {
  TOCSIN_TRY(std::vector<http::Route> operators, admin_routes());
  http::ServerConfig server;
  TOCSIN_TRY(server.proxies, trusted_proxies(config_.server));
  const bool is_plain = config_.server.tls_certificate.path.empty();
  server.only_proxies = is_plain && !config_.server.listen.is_loopback();
  TOCSIN_TRY(public_, open_server(config_.server.listen, std::move(server), public_routes()));
  TOCSIN_TRY(admin_, open_server(config_.admin.listen, {}, std::move(operators)));
  return {};
}

Result<void> Service::run(const std::string& config_file) {
  TOCSIN_CHECK(open_servers());
  loop::Loop& loop = parts_.machine.loop;
  for (http::Server* server : {&*public_, &*admin_}) {
    ++working_;
    boost::asio::co_spawn(loop, serve(*server), rethrow);
  }
  // Before anybody is told that we are here: a signal that comes now is not lost.
  Signals signals(loop, SIGTERM, SIGINT, SIGHUP);
  boost::asio::co_spawn(loop, watch_signals(signals, config_file), rethrow);
  boost::asio::co_spawn(loop, feed_watchdog(), rethrow);
  if (transmitter_) {
    boost::asio::co_spawn(loop, callers_->keep_fresh(), rethrow);
    ++working_;
    transmitter_->start([this] { one_ended(); });
  }
  if (receiver_) {
    sinks_->start();
    receiver_->start([this] { sinks_->wake(); });
  }
  announce();
  loop.run();
  parts_.log.info("stopped");
  return {};
}

void Service::announce() {
  const auto listening = [](const ListenAddress& listen, const http::Server& server) {
    return ListenAddress{listen.address, server.port()}.to_text();
  };
  JsonArray issuers;
  if (transmitter_) {
    for (const std::string& name : transmitter_->issuers()) issuers.emplace_back(name);
  }
  JsonArray upstreams;
  for (const UpstreamSection& upstream : config_.upstreams) upstreams.emplace_back(upstream.name);
  parts_.log.info("started", {{"version", TOCSIN_VERSION},
                              {"listen", listening(config_.server.listen, *public_)},
                              {"tls", !config_.server.tls_certificate.path.empty()},
                              {"admin", listening(config_.admin.listen, *admin_)},
                              {"issuers", std::move(issuers)},
                              {"upstreams", std::move(upstreams)}});
  parts_.manager.ready();
}

http::Task<void> Service::serve(http::Server& server) {
  co_await server.run();
  one_ended();
}

void Service::one_ended() {
  if (--working_ == 0) parts_.machine.loop.stop();
}

http::Task<void> Service::watch_signals(Signals& signals, std::string config_file) {
  constexpr auto resume = boost::asio::as_tuple(loop::Use{});
  while (true) {
    const auto [failure, signal] = co_await signals.async_wait(resume);
    if (failure) co_return;
    if (signal == SIGHUP) {
      reload(config_file);
    } else {
      stop(signal);
    }
  }
}

http::Task<void> Service::feed_watchdog() {
  const auto every = parts_.manager.alive_every();
  while (every && !is_stopping_) {
    parts_.manager.alive();
    co_await parts_.machine.timers.sleep(*every);
  }
}

void Service::stop(int signal) {
  if (is_stopping_) return;
  is_stopping_ = true;
  parts_.manager.stopping();
  parts_.log.info("stopping", {{"signal", signal}});
  if (transmitter_) transmitter_->stop();
  if (receiver_) {
    receiver_->stop();
    sinks_->stop();
  }
  public_->stop();
  admin_->stop();
}

http::Task<Result<void>> Service::readiness() {
  if (is_stopping_) co_return Error(Errc::overloaded, "stopping");
  co_return co_await probe_.answer();
}

void Service::tell_readiness(const Result<void>& answer) {
  if (answer) {
    parts_.log.info("ready.again");
  } else {
    parts_.log.error("ready.lost", {{"detail", answer.error().to_string()}});
  }
}

// Everything new is made before anything old goes (SEC-68).
void Service::reload(const std::string& config_file) {
  parts_.manager.reloading(parts_.machine.clock.monotonic());
  const auto refuse = [this](const std::string& reason) {
    parts_.log.error("reload.refused", {{"reason", reason}});
    parts_.manager.ready();
  };
  ConfigAnswer answer = load_config(config_file);
  for (const ConfigFinding& finding : answer.findings) refuse(finding.to_text());
  if (!answer.config) return;
  for (const std::string& key : changed_for_restart(config_, *answer.config)) {
    parts_.log.warn("reload.needs_restart", {{"key", key}});
  }
  if (transmitter_) {
    auto transmitter = transmitter_->prepare(*answer.config);
    if (!transmitter) return refuse(transmitter.error().to_string());
    auto callers = Callers::prepare(*answer.config);
    if (!callers) return refuse(callers.error().to_string());
    transmitter_->apply(*std::move(transmitter));
    callers_->apply(*std::move(callers));
  }
  parts_.log.replace_level(parse_log_level(answer.config->log.level).value_or(LogLevel::info));
  parts_.log.info("reloaded");
  parts_.manager.ready();
}

}  // namespace tocsin::app
