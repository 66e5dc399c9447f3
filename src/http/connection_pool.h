// Who may have a connection to where, and the connections that wait for their next request. Counts
// and caps only: it opens nothing and knows no HTTP.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/deadlines.h"
#include "http/gate.h"
#include "http/stream.h"

namespace tocsin::http {

struct PoolLimits {
  std::size_t per_host = 64;       // connections to one host, in use and idle (SEC-45)
  std::size_t total = 1024;        // connections to all hosts, in use and idle
  std::size_t waiting_max = 4096;  // for a place at one host, and for a place at all
  // Below what servers commonly allow (60 s and more), so that we are the one who closes.
  std::chrono::milliseconds idle_max{30'000};
};

// For one thread, the loop's.
class ConnectionPool final : public std::enable_shared_from_this<ConnectionPool>,
                             private Deadlines::Watch {
 public:
  class Place;

  ConnectionPool(Deadlines& deadlines, const PoolLimits& limits);

  // Waits for the right to have a connection to `host`. Errors: overloaded, net_timeout.
  static Task<Result<Place>> enter(std::shared_ptr<ConnectionPool> pool, std::string host,
                                   Deadline deadline);

  // The connection to `origin` that was used last, if one waits. An origin is everything that must
  // be equal for a connection to be used again; it lies within one host.
  std::optional<Stream> take(const Place& place, const std::string& origin);

  // Closes what has waited longest, until one more connection is within the caps.
  void make_room(const Place& place);

  // Lets a connection wait for its next request.
  void put(const Place& place, std::string origin, Stream stream);

  std::size_t idle() const noexcept { return idle_.size(); }
  // Hosts with a connection, in use or idle, or a call that waits for one.
  std::size_t hosts() const noexcept { return hosts_.size(); }

 private:
  struct Host;
  struct Idle {
    std::string origin;
    Stream stream;
    Deadline until;
    Host* host;
  };
  using IdleList = std::list<Idle>;
  struct Host {
    std::string name;
    std::shared_ptr<Gate> gate;
    std::size_t holds = 0;                 // places, and who waits for one
    std::vector<IdleList::iterator> idle;  // longest first
  };
  // Keeps a host's entry; the last one takes it away unless connections wait there.
  class Hold;

  void on_deadline() override;
  void close(IdleList::iterator connection);
  void forget_if_unused(Host& host);

  Loop& loop_;
  const PoolLimits limits_;
  const std::shared_ptr<Gate> total_;
  std::map<std::string, Host> hosts_;
  IdleList idle_;  // longest first
};

class ConnectionPool::Hold {
 public:
  Hold(std::shared_ptr<ConnectionPool> pool, Host& host);
  Hold(Hold&& other) noexcept : pool_(std::move(other.pool_)), host_(other.host_) {}
  Hold& operator=(Hold&&) = delete;
  ~Hold();

  Host& host() const noexcept { return *host_; }

 private:
  std::shared_ptr<ConnectionPool> pool_;
  Host* host_;
};

// The right to have one connection to one host.
class ConnectionPool::Place {
 public:
  Place(Place&&) noexcept = default;

 private:
  friend class ConnectionPool;
  Place(Hold hold, Gate::Pass at_host, Gate::Pass at_all)
      : hold_(std::move(hold)), at_host_(std::move(at_host)), at_all_(std::move(at_all)) {}

  Hold hold_;  // outlives the passes: they point into the entry it keeps
  Gate::Pass at_host_;
  Gate::Pass at_all_;
};

}  // namespace tocsin::http
