#include "http/server.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <map>

#include "base/try.h"
#include "http/connection.h"
#include "http/socket_address.h"
#include "loop/timers.h"

namespace tocsin::http {
namespace {

namespace asio = boost::asio;

using Descriptor = asio::posix::basic_stream_descriptor<Loop::executor_type>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, Loop::executor_type>;

constexpr auto resume = asio::as_tuple(loop::Use());
constexpr int backlog = 4096;         // the kernel cuts it to net.core.somaxconn
constexpr int accepts_per_turn = 64;  // then the connections have their turn
constexpr std::chrono::milliseconds shortage_pause{50};

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

std::size_t connections_by_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 100'000;
  return static_cast<std::size_t>(limit.rlim_cur) / 10 * 9;
}

// One customer of an IPv6 network has a whole /64 to call from.
IpAddress counted_as(IpAddress peer) {
  if (peer.family == IpAddress::Family::v6) {
    std::fill(peer.octets.begin() + 8, peer.octets.end(), std::uint8_t{0});
  }
  return peer;
}

int open_reserve() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

Error listen_error(const char* call) {
  return {Errc::config_invalid, std::string(call) + ": " + std::strerror(errno)};
}

}  // namespace

class Server::State {
 public:
  State(Deadlines& deadlines, const Clock& clock, Random& random, ServerConfig config,
        Router router)
      : deadlines_(deadlines),
        listener_(deadlines.loop()),
        all_closed_(deadlines.loop()),
        reserve_(open_reserve()),
        service_(std::make_shared<Service>(
            Service{clock, random, std::move(config), std::move(router)})),
        connections_max_(service_->config.limits.connections_max != 0
                             ? service_->config.limits.connections_max
                             : connections_by_descriptors()) {}
  ~State() { ::close(reserve_); }

  Result<void> listen();
  std::uint16_t port() const { return port_; }
  const ServerCounts& counts() const { return service_->counts; }

  static Task<void> run(std::shared_ptr<State> self);
  void stop();

 private:
  using Connections =
      boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>>;

  static Task<void> accept_all(std::shared_ptr<State> self);
  static Task<void> serve(std::shared_ptr<State> self, int descriptor, IpAddress peer);
  static Task<void> wait_until_closed(std::shared_ptr<State> self, std::chrono::milliseconds span);

  enum class Accepted : std::uint8_t { one, none, shortage };
  static Accepted accept_one(const std::shared_ptr<State>& self);
  bool shed_one();
  bool may_serve(const IpAddress& peer, bool is_proxy);
  void forget(const IpAddress& peer);

  Deadlines& deadlines_;
  Descriptor listener_;
  Timer all_closed_;
  int reserve_;  // given up for a moment to accept, and turn away, when there is no other
  const std::shared_ptr<Service> service_;
  const std::size_t connections_max_;
  std::uint16_t port_ = 0;
  std::map<IpAddress, std::size_t> by_peer_;
  Connections connections_;
};

Result<void> Server::State::listen() {
  SocketAddress address(service_->config.address, service_->config.port);
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return listen_error("socket");
  listener_.assign(fd);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, address.data(), address.size) != 0) return listen_error("bind");
  if (::listen(fd, backlog) != 0) return listen_error("listen");
  if (::getsockname(fd, address.data(), &address.size) != 0) return listen_error("getsockname");
  port_ = address.port();
  return {};
}

Task<void> Server::State::run(std::shared_ptr<State> self) {
  co_await accept_all(self);
  co_await wait_until_closed(self, self->service_->config.limits.stop_time);
  for (Connection& connection : self->connections_) connection.close();
  co_await wait_until_closed(self, self->service_->config.limits.goodbye_time);
}

void Server::State::stop() {
  service_->stopping = true;
  boost::system::error_code ignored;
  listener_.close(ignored);
  for (Connection& connection : connections_) connection.retire();
}

Task<void> Server::State::wait_until_closed(std::shared_ptr<State> self,
                                            std::chrono::milliseconds span) {
  if (self->counts().open == 0) co_return;
  self->all_closed_.expires_after(span);
  co_await self->all_closed_.async_wait(resume);
}

Task<void> Server::State::accept_all(std::shared_ptr<State> self) {
  loop::LoopTimers timers(self->deadlines_.loop());
  while (self->listener_.is_open()) {
    const auto readiness = Descriptor::wait_read;
    const auto [error] = co_await self->listener_.async_wait(readiness, resume);
    if (error) continue;
    Accepted accepted = Accepted::one;
    for (int i = 0; i < accepts_per_turn && accepted == Accepted::one; ++i) {
      accepted = accept_one(self);
    }
    // The listener stays readable, so without a pause this loop would spin.
    if (accepted == Accepted::shortage) co_await timers.sleep(shortage_pause);
  }
}

Server::State::Accepted Server::State::accept_one(const std::shared_ptr<State>& self) {
  SocketAddress peer;
  const int fd = ::accept4(self->listener_.native_handle(), peer.data(), &peer.size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Accepted::none;
    if (!is_shortage(errno)) return Accepted::one;  // that peer left again
    return self->shed_one() ? Accepted::one : Accepted::shortage;
  }
  ++self->service_->counts.accepted;
  const bool is_proxy = self->service_->config.proxies.contains(peer.address());
  const IpAddress address = counted_as(peer.address());
  if (!self->may_serve(address, is_proxy)) {
    ::close(fd);
    return Accepted::one;
  }
  asio::co_spawn(self->deadlines_.loop(), serve(self, fd, address), asio::detached);
  return Accepted::one;
}

// Out of descriptors: the peer learns that at once instead of waiting in the backlog.
bool Server::State::shed_one() {
  ++service_->counts.refused_descriptors;
  ::close(reserve_);
  const int fd = ::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
  if (fd >= 0) ::close(fd);
  reserve_ = open_reserve();
  return fd >= 0 && reserve_ >= 0;
}

bool Server::State::may_serve(const IpAddress& peer, bool is_proxy) {
  ServerCounts& counts = service_->counts;
  if (service_->config.only_proxies && !is_proxy) {
    ++counts.refused_strangers;
    return false;
  }
  if (counts.open >= connections_max_) {
    ++counts.refused_total;
    return false;
  }
  std::size_t& of_peer = by_peer_[peer];
  if (!is_proxy && of_peer >= service_->config.limits.connections_per_peer_max) {
    ++counts.refused_peer;
    return false;
  }
  ++of_peer;
  ++counts.open;
  return true;
}

void Server::State::forget(const IpAddress& peer) {
  const auto found = by_peer_.find(peer);
  if (--found->second == 0) by_peer_.erase(found);
  if (--service_->counts.open == 0) all_closed_.cancel();
}

Task<void> Server::State::serve(std::shared_ptr<State> self, int descriptor, IpAddress peer) {
  try {
    Stream stream(self->deadlines_, descriptor);
    Connection connection(self->service_, std::move(stream));
    self->connections_.push_back(connection);
    co_await connection.run();
  } catch (const std::exception& bug) {
    // Most likely memory ran out. The connection is gone; the server is not.
    ++self->service_->counts.incidents;
    if (self->service_->config.on_incident) {
      self->service_->config.on_incident({self->service_->random.id(), "", bug.what()});
    }
  }
  self->forget(peer);
}

Result<Server> Server::open(Deadlines& deadlines, const Clock& clock, Random& random,
                            ServerConfig config, std::vector<Route> routes) {
  TOCSIN_TRY(Router router, Router::open(std::move(routes)));
  auto state =
      std::make_shared<State>(deadlines, clock, random, std::move(config), std::move(router));
  TOCSIN_CHECK(state->listen());
  return Server(std::move(state));
}

Server::Server(std::shared_ptr<State> state) : state_(std::move(state)) {}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
Server::~Server() = default;

std::uint16_t Server::port() const noexcept {
  return state_->port();
}

const ServerCounts& Server::counts() const noexcept {
  return state_->counts();
}

Task<void> Server::run() {
  return State::run(state_);
}

void Server::stop() {
  state_->stop();
}

}  // namespace tocsin::http
