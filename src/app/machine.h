// What every part of a serving process runs on: one loop, clocks, randomness, threads, and the way
// out.
#pragma once

#include <memory>
#include <string>

#include "app/config.h"
#include "base/clock.h"
#include "http/deadlines.h"
#include "http/dns_resolver.h"
#include "http/pooled_client.h"
#include "jose/system_random.h"
#include "loop/timers.h"
#include "loop/workers.h"
#include "tocsin/result.h"

namespace tocsin::app {

// Members go in the reverse of their order: the loop last.
class Machine {
 public:
  // config_invalid, file_unreadable.
  static Result<std::unique_ptr<Machine>> open(const Config& config);

  loop::Loop loop{1};
  SystemClock clock;
  SystemRandom random;
  loop::LoopTimers timers{loop};
  loop::ThreadWorkers workers{{}};  // for signing
  http::Deadlines deadlines{loop};
  std::unique_ptr<http::DnsResolver> resolver;
  std::unique_ptr<http::PooledClient> client;

 private:
  Machine() = default;
};

// Under which name the client of a Machine knows the authorities that vouch for this upstream.
std::string trust_of(const UpstreamSection& upstream);

// What the operator allows beyond global unicast. config_invalid.
Result<http::AddressExceptions> address_exceptions(const OutboundSection& outbound);

}  // namespace tocsin::app
