#include "http/connection_pool.h"

#include <algorithm>

namespace tocsin::http {

ConnectionPool::ConnectionPool(Deadlines& deadlines, const PoolLimits& limits)
    : Watch(deadlines),
      loop_(deadlines.loop()),
      limits_(limits),
      total_(std::make_shared<Gate>(loop_, Gate::Limits{limits.total, limits.waiting_max})) {}

ConnectionPool::Hold::Hold(std::shared_ptr<ConnectionPool> pool, Host& host)
    : pool_(std::move(pool)), host_(&host) {
  ++host_->holds;
}

ConnectionPool::Hold::~Hold() {
  if (!pool_) return;
  --host_->holds;
  pool_->forget_if_unused(*host_);
}

Task<Result<ConnectionPool::Place>> ConnectionPool::enter(std::shared_ptr<ConnectionPool> pool,
                                                          std::string host, Deadline deadline) {
  Host& entry = pool->hosts_[host];
  if (!entry.gate) {
    const Gate::Limits limits{pool->limits_.per_host, pool->limits_.waiting_max};
    entry.name = std::move(host);
    entry.gate = std::make_shared<Gate>(pool->loop_, limits);
  }
  Hold hold(pool, entry);
  Result<Gate::Pass> at_host = co_await Gate::enter(entry.gate, deadline);
  if (!at_host) co_return std::move(at_host).error();
  Result<Gate::Pass> at_all = co_await Gate::enter(pool->total_, deadline);
  if (!at_all) co_return std::move(at_all).error();
  co_return Place(std::move(hold), *std::move(at_host), *std::move(at_all));
}

std::optional<Stream> ConnectionPool::take(const Place& place, const std::string& origin) {
  std::vector<IdleList::iterator>& idle = place.hold_.host().idle;
  for (std::size_t i = idle.size(); i > 0; --i) {
    const IdleList::iterator connection = idle[i - 1];
    if (connection->origin != origin) continue;
    Stream stream = std::move(connection->stream);
    close(connection);
    // An end or a byte that came meanwhile belongs to no request of ours.
    if (stream.is_quiet()) return stream;
  }
  return std::nullopt;
}

void ConnectionPool::make_room(const Place& place) {
  Host& host = place.hold_.host();
  while (!host.idle.empty() && host.gate->inside() + host.idle.size() > limits_.per_host) {
    close(host.idle.front());
  }
  while (!idle_.empty() && total_->inside() + idle_.size() > limits_.total) {
    close(idle_.begin());
  }
}

void ConnectionPool::put(const Place& place, std::string origin, Stream stream) {
  const Deadline until = after(limits_.idle_max);
  if (idle_.empty()) expire_at(until);
  Host& host = place.hold_.host();
  idle_.push_back({std::move(origin), std::move(stream), until, &host});
  host.idle.push_back(std::prev(idle_.end()));
}

void ConnectionPool::on_deadline() {
  const Deadline now = std::chrono::steady_clock::now();
  while (!idle_.empty() && idle_.front().until <= now) {
    close(idle_.begin());
  }
  if (!idle_.empty()) expire_at(idle_.front().until);
}

void ConnectionPool::close(IdleList::iterator connection) {
  Host& host = *connection->host;
  std::erase(host.idle, connection);
  idle_.erase(connection);
  forget_if_unused(host);
}

void ConnectionPool::forget_if_unused(Host& host) {
  if (host.holds == 0 && host.idle.empty()) hosts_.erase(std::string(host.name));
}

}  // namespace tocsin::http
