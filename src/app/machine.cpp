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

Result<std::unique_ptr<Machine>> Machine::open(const OutboundSection& outbound) {
  std::unique_ptr<Machine> machine(new Machine);
  TOCSIN_TRY(machine->resolver, http::DnsResolver::open(machine->loop));
  std::map<std::string, http::TlsClient> trusts;
  TOCSIN_TRY(auto trust, http::TlsClient::open({.ca_file = outbound.ca_file.path}));
  trusts.emplace("", std::move(trust));

  http::PooledClientConfig config;
  TOCSIN_TRY(config.exceptions, address_exceptions(outbound));
  config.pool.per_host = outbound.connections_per_host_max;
  config.pool.total = outbound.connections_max;
  machine->client = std::make_unique<http::PooledClient>(machine->deadlines, *machine->resolver,
                                                         std::move(trusts), config);
  return machine;
}

}  // namespace tocsin::app
