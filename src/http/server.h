// The HTTP/1.1 listener: accepts, limits, frames, routes, answers. What it is made of: a Router
// that says who answers, limits of trust.md section 1, and the ports below.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ip_address.h"
#include "base/random.h"
#include "http/deadlines.h"
#include "http/forwarded.h"
#include "http/router.h"
#include "http/tls.h"
#include "http/wire.h"

namespace tocsin::http {

struct ServerLimits {
  HeadLimits head{};
  std::chrono::milliseconds head_time{10'000};    // also of a TLS handshake
  std::chrono::milliseconds body_time{30'000};    // the whole body
  std::size_t body_rate_min = 1024;               // bytes per second, after body_start
  std::chrono::milliseconds body_start{5'000};    // before the rate counts
  std::chrono::milliseconds idle_time{60'000};    // between two requests
  std::chrono::milliseconds answer_time{60'000};  // to take one response
  std::chrono::milliseconds goodbye_time{2'000};  // to close after our last byte
  std::chrono::milliseconds stop_time{10'000};    // for what is in flight when the server stops
  std::size_t connections_per_peer_max = 1000;    // an IPv6 peer is its /64
  std::size_t connections_max = 0;                // 0: nine tenths of the descriptor limit
};

// A failure of ours, for the log: the id its response carries, where, and what we know.
struct Incident {
  std::string id;
  std::string route;  // "POST /push/{upstream}"
  std::string detail;
};

struct ServerCounts {
  std::uint64_t accepted = 0;
  std::uint64_t refused_peer = 0;         // over connections_per_peer_max
  std::uint64_t refused_total = 0;        // over connections_max
  std::uint64_t refused_strangers = 0;    // no proxy, where only proxies may connect
  std::uint64_t refused_descriptors = 0;  // the process or the machine ran out of them
  std::uint64_t failed_handshakes = 0;
  std::uint64_t malformed = 0;  // answered 400, 408 or 431 before a route was looked for
  std::uint64_t requests = 0;   // that reached a route
  std::uint64_t incidents = 0;
  std::size_t open = 0;  // connections now
};

struct ServerConfig {
  IpAddress address{};     // 0.0.0.0 unless said otherwise
  std::uint16_t port = 0;  // 0: the kernel chooses
  std::optional<TlsServer> tls{};
  ServerLimits limits{};
  TrustedProxies proxies{};   // have no limit per peer: each is many
  bool only_proxies = false;  // nobody else may connect
  std::function<void(const Incident&)> on_incident{};
};

// For the loop's thread. The ports must outlive the loop's last turn.
class Server {
 public:
  // Listens from here on; nobody is answered before run(). Errors: config_invalid (also when the
  // address cannot be had).
  static Result<Server> open(Deadlines& deadlines, const Clock& clock, Random& random,
                             ServerConfig config, std::vector<Route> routes);

  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;
  ~Server();

  std::uint16_t port() const noexcept;
  const ServerCounts& counts() const noexcept;

  // Serves until stop(); then finishes what is in flight, for at most limits.stop_time.
  Task<void> run();

  // No new connection, no new request. Idle connections are closed at once.
  void stop();

 private:
  class State;
  explicit Server(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace tocsin::http
