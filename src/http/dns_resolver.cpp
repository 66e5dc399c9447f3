#include "http/dns_resolver.h"

#include <ares.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <fstream>
#include <map>

#include "base/try.h"
#include "http/hosts_file.h"

namespace tocsin::http {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Executor = Loop::executor_type;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

constexpr int family_addresses_max = 16;

IpAddress address_of(const in_addr& raw) {
  IpAddress address;
  std::memcpy(address.octets.data(), &raw, 4);
  return address;
}

IpAddress address_of(const ares_in6_addr& raw) {
  IpAddress address{IpAddress::Family::v6, {}};
  std::memcpy(address.octets.data(), &raw, 16);
  return address;
}

// One name being asked for, A and AAAA at once. Shared by the two queries and the one who waits,
// because either side may give up first.
struct Lookup {
  explicit Lookup(Loop& loop) : timer(loop) {}

  Timer timer;  // runs until the deadline; cancelled when there is something to look at
  Deadline deadline;
  std::chrono::milliseconds family_grace;
  int pending = 2;
  std::vector<IpAddress> v4;
  std::vector<IpAddress> v6;
  int status = ARES_ENODATA;  // the more telling one, if neither query gave an address

  void finish_query(int query_status) {
    --pending;
    if (query_status != ARES_SUCCESS && query_status != ARES_ENODATA) status = query_status;
    if (pending == 0) {
      timer.cancel();
    } else if (!v4.empty() || !v6.empty()) {
      timer.expires_at(std::min(deadline, Clock::now() + family_grace));
    }
  }
};

template <class Record>
int read_answer(int (*parse)(const unsigned char*, int, hostent**, Record*, int*),
                const unsigned char* answer, int length, auto Record::* address,
                std::vector<IpAddress>& out) {
  std::array<Record, family_addresses_max> records{};
  int count = family_addresses_max;
  const int status = parse(answer, length, nullptr, records.data(), &count);
  if (status != ARES_SUCCESS) return status;
  for (int i = 0; i < count; ++i) {
    out.push_back(address_of(records[static_cast<std::size_t>(i)].*address));
  }
  return ARES_SUCCESS;
}

// What c-ares holds on to for one query: it calls back exactly once, also when it is destroyed.
using QueryHold = std::shared_ptr<Lookup>;

void on_v4_answer(void* argument, int status, int, unsigned char* answer, int length) {
  const std::unique_ptr<QueryHold> hold(static_cast<QueryHold*>(argument));
  Lookup& lookup = **hold;
  if (status == ARES_SUCCESS) {
    status = read_answer(ares_parse_a_reply, answer, length, &ares_addrttl::ipaddr, lookup.v4);
  }
  lookup.finish_query(status);
}

void on_v6_answer(void* argument, int status, int, unsigned char* answer, int length) {
  const std::unique_ptr<QueryHold> hold(static_cast<QueryHold*>(argument));
  Lookup& lookup = **hold;
  if (status == ARES_SUCCESS) {
    status = read_answer(ares_parse_aaaa_reply, answer, length, &ares_addr6ttl::ip6addr, lookup.v6);
  }
  lookup.finish_query(status);
}

Task<Result<std::vector<IpAddress>>> wait_for(std::shared_ptr<Lookup> lookup) {
  while (lookup->pending > 0) {
    boost::system::error_code cancelled;
    co_await lookup->timer.async_wait(asio::redirect_error(loop::Use(), cancelled));
    if (!cancelled) break;
  }
  std::vector<IpAddress> addresses = lookup->v4;
  addresses.insert(addresses.end(), lookup->v6.begin(), lookup->v6.end());
  if (!addresses.empty()) co_return addresses;
  if (lookup->pending > 0) co_return Error(Errc::net_timeout, "no answer from DNS");
  co_return Error(Errc::net_resolve, ares_strerror(lookup->status));
}

bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace

// A c-ares channel driven by the loop: c-ares says which descriptors it wants watched and when it
// wants to be called again.
class DnsResolver::Channel : public std::enable_shared_from_this<Channel> {
 public:
  Channel(Loop& loop, const DnsConfig& config)
      : loop_(loop), family_grace_(config.family_grace), timer_(loop) {
    if (std::ifstream file(config.hosts_file); file) hosts_ = read_hosts(file);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() {
    if (channel_ != nullptr) ares_destroy(channel_);
  }

  Result<void> open(const DnsConfig& config);
  const std::vector<IpAddress>* find_host(const std::string& host) const {
    const auto found = hosts_.find(host);
    return found == hosts_.end() ? nullptr : &found->second;
  }
  std::shared_ptr<Lookup> ask(const std::string& host, Deadline deadline);

 private:
  struct Direction {
    bool wanted = false;
    bool armed = false;
  };
  // One descriptor of c-ares, which opens and closes it; we only watch.
  struct Watch {
    Watch(Loop& loop, int fd) : descriptor(loop, fd) {}
    ~Watch() { descriptor.release(); }
    Descriptor descriptor;
    Direction reading;
    Direction writing;
  };

  static void on_socket_state(void* self, ares_socket_t fd, int readable, int writable) {
    static_cast<Channel*>(self)->watch(fd, readable != 0, writable != 0);
  }
  void watch(ares_socket_t fd, bool readable, bool writable);
  void arm(const std::shared_ptr<Watch>& watch);
  void arm(const std::shared_ptr<Watch>& watch, Direction& direction, Descriptor::wait_type type);
  void process(ares_socket_t readable, ares_socket_t writable);
  void set_timer();

  Loop& loop_;
  const std::chrono::milliseconds family_grace_;
  HostTable hosts_;
  Timer timer_;
  std::map<ares_socket_t, std::shared_ptr<Watch>> watches_;
  ares_channel channel_ = nullptr;
};

Result<void> DnsResolver::Channel::open(const DnsConfig& config) {
  ares_options options{};
  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
  options.timeout = static_cast<int>(config.try_timeout.count());
  options.tries = config.tries;
  options.ndots = 1;
  std::string dns_only = "b";
  std::string no_file = "/dev/null";
  options.lookups = dns_only.data();
  options.resolvconf_path = no_file.data();
  options.sock_state_cb = &on_socket_state;
  options.sock_state_cb_data = this;
  // Everything an environment variable or a file could say is said here, so neither is heard.
  const int said = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
                   ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS | ARES_OPT_NOROTATE | ARES_OPT_RESOLVCONF |
                   ARES_OPT_SOCK_STATE_CB;
  if (const int status = ares_init_options(&channel_, &options, said); status != ARES_SUCCESS) {
    channel_ = nullptr;
    return Error(Errc::config_invalid, std::string("c-ares: ") + ares_strerror(status));
  }

  std::vector<DnsServer> servers = config.servers;
  if (servers.empty()) {
    std::ifstream file(config.resolv_conf_file);
    for (const IpAddress& address : read_nameservers(file)) servers.push_back({address});
  }
  if (servers.empty()) servers.push_back({parse_ip_address("127.0.0.1").value()});
  std::vector<ares_addr_port_node> nodes(servers.size());
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const bool v4 = servers[i].address.family == IpAddress::Family::v4;
    nodes[i].next = i + 1 < nodes.size() ? &nodes[i + 1] : nullptr;
    nodes[i].family = v4 ? AF_INET : AF_INET6;
    std::memcpy(&nodes[i].addr, servers[i].address.octets.data(), v4 ? 4 : 16);
    nodes[i].udp_port = nodes[i].tcp_port = servers[i].port;
  }
  if (const int status = ares_set_servers_ports(channel_, nodes.data()); status != ARES_SUCCESS) {
    return Error(Errc::config_invalid, std::string("c-ares: ") + ares_strerror(status));
  }
  return {};
}

std::shared_ptr<Lookup> DnsResolver::Channel::ask(const std::string& host, Deadline deadline) {
  auto lookup = std::make_shared<Lookup>(loop_);
  lookup->deadline = deadline;
  lookup->family_grace = family_grace_;
  lookup->timer.expires_at(deadline);
  // Class IN; types A and AAAA (RFC 1035 3.2, RFC 3596 2.1).
  ares_query(channel_, host.c_str(), 1, 1, &on_v4_answer, new QueryHold(lookup));
  ares_query(channel_, host.c_str(), 1, 28, &on_v6_answer, new QueryHold(lookup));
  set_timer();
  return lookup;
}

void DnsResolver::Channel::watch(ares_socket_t fd, bool readable, bool writable) {
  if (!readable && !writable) {
    // c-ares closes the descriptor right after this. Its number may come back at once, as another
    // one: the handlers of this watch end with operation_aborted.
    watches_.erase(fd);
    return;
  }
  std::shared_ptr<Watch>& watch = watches_[fd];
  if (!watch) watch = std::make_shared<Watch>(loop_, fd);
  watch->reading.wanted = readable;
  watch->writing.wanted = writable;
  arm(watch);
}

void DnsResolver::Channel::arm(const std::shared_ptr<Watch>& watch) {
  arm(watch, watch->reading, Descriptor::wait_read);
  arm(watch, watch->writing, Descriptor::wait_write);
}

void DnsResolver::Channel::arm(const std::shared_ptr<Watch>& watch, Direction& direction,
                               Descriptor::wait_type type) {
  if (!direction.wanted || direction.armed) return;
  direction.armed = true;
  watch->descriptor.async_wait(type, [this, type, weak = std::weak_ptr(watch)](const auto& error) {
    const std::shared_ptr<Watch> alive = weak.lock();
    if (error || !alive) return;  // then the channel may be gone, too
    const bool reads = type == Descriptor::wait_read;
    (reads ? alive->reading : alive->writing).armed = false;
    const ares_socket_t fd = alive->descriptor.native_handle();
    process(reads ? fd : ARES_SOCKET_BAD, reads ? ARES_SOCKET_BAD : fd);
    const auto now = watches_.find(fd);
    if (now != watches_.end() && now->second == alive) arm(alive);
  });
}

void DnsResolver::Channel::process(ares_socket_t readable, ares_socket_t writable) {
  ares_process_fd(channel_, readable, writable);
  set_timer();
}

void DnsResolver::Channel::set_timer() {
  timeval span{};
  if (ares_timeout(channel_, nullptr, &span) == nullptr) {
    timer_.cancel();  // no query under way: nothing of ours keeps the loop alive
    return;
  }
  timer_.expires_after(std::chrono::seconds(span.tv_sec) + std::chrono::microseconds(span.tv_usec));
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto alive = weak.lock();
    if (!error && alive) alive->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  });
}

DnsResolver::DnsResolver(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
DnsResolver::~DnsResolver() = default;

Result<std::unique_ptr<DnsResolver>> DnsResolver::open(Loop& loop, const DnsConfig& config) {
  auto channel = std::make_shared<Channel>(loop, config);
  TOCSIN_CHECK(channel->open(config));
  return std::unique_ptr<DnsResolver>(new DnsResolver(std::move(channel)));
}

Task<Result<std::vector<IpAddress>>> DnsResolver::resolve(std::string host, Deadline deadline) {
  if (const auto* addresses = channel_->find_host(host)) co_return *addresses;
  if (is_localhost(host)) {
    co_return std::vector{parse_ip_address("127.0.0.1").value(), parse_ip_address("::1").value()};
  }
  // From here on only the lookup is touched: the resolver may be gone when the answer comes.
  std::shared_ptr<Lookup> lookup = channel_->ask(host, deadline);
  co_return co_await wait_for(std::move(lookup));
}

}  // namespace tocsin::http
