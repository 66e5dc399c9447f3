#include "app/machine.h"

#include <map>
#include <string>
#include <utility>

#include "base/try.h"

namespace tocsin::app {

Result<http::AddressExceptions> address_exceptions(const OutboundSection& outbound) {
  http::AddressExceptions exceptions;
  for (const std::string& text : outbound.allow_networks) {
    TOCSIN_TRY(const IpNetwork network, parse_ip_network(text));
    exceptions.networks.push_back(network);
  }
  exceptions.hosts = outbound.allow_hosts;
  exceptions.plain_http_hosts = outbound.allow_plain_http;
  return exceptions;
}

std::string trust_of(const UpstreamSection& upstream) {
  return upstream.ca_file.path.empty() ? std::string() : "upstream " + upstream.name;
}

Result<std::unique_ptr<Machine>> Machine::open(const Config& config) {
  const OutboundSection& outbound = config.outbound;
  std::unique_ptr<Machine> machine(new Machine);
  TOCSIN_TRY(machine->resolver, http::DnsResolver::open(machine->loop));
  std::map<std::string, http::TlsClient> trusts;
  TOCSIN_TRY(auto trust, http::TlsClient::open({.ca_file = outbound.ca_file.path}));
  trusts.emplace("", std::move(trust));

  for (const UpstreamSection& upstream : config.upstreams) {
    if (upstream.ca_file.path.empty()) continue;
    TOCSIN_TRY(auto own, http::TlsClient::open({.ca_file = upstream.ca_file.path}));
    trusts.emplace(trust_of(upstream), std::move(own));
  }

  http::PooledClientConfig pooled;
  TOCSIN_TRY(pooled.exceptions, address_exceptions(outbound));
  pooled.pool.per_host = outbound.connections_per_host_max;
  pooled.pool.total = outbound.connections_max;
  machine->client = std::make_unique<http::PooledClient>(machine->deadlines, *machine->resolver,
                                                         std::move(trusts), pooled);
  return machine;
}

}  // namespace tocsin::app
