// Names by DNS, through c-ares on the loop's own sockets: getaddrinfo would block a thread per
// lookup and read environment variables. Before DNS is asked, a name is looked up in the hosts file
// as the C library does it, so container and test set-ups work; `localhost` and names below it are
// the loopback addresses and never leave the machine (RFC 6761 6.3). No search domains, no aliases,
// and no cache: a pooled connection is our memory, the operator's resolver is the cache.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/resolver.h"

namespace tocsin::http {

struct DnsServer {
  IpAddress address;
  std::uint16_t port = 53;
};

struct DnsConfig {
  // In order of preference. Empty: the nameserver lines of `resolv_conf_file`, or 127.0.0.1 if it
  // has none. Nothing else in that file counts.
  std::vector<DnsServer> servers;
  std::string resolv_conf_file = "/etc/resolv.conf";
  std::string hosts_file = "/etc/hosts";  // empty: none. Both files are read once, in open().

  std::chrono::milliseconds try_timeout{1500};  // of the first try; later ones wait longer
  int tries = 2;                                // per server
  // How long the other address family may still take once one has given addresses.
  std::chrono::milliseconds family_grace{250};
};

class DnsResolver final : public Resolver {
 public:
  // The loop must outlive the resolver. Error: config_invalid.
  static Result<std::unique_ptr<DnsResolver>> open(Loop& loop, const DnsConfig& config = {});
  ~DnsResolver() override;

  // IPv4 addresses come first: on a host without IPv6 connectivity nothing is lost, and we do not
  // race connections.
  Task<Result<std::vector<IpAddress>>> resolve(std::string host, Deadline deadline) override;

 private:
  class Channel;
  explicit DnsResolver(std::shared_ptr<Channel> channel);
  std::shared_ptr<Channel> channel_;
};

}  // namespace tocsin::http
