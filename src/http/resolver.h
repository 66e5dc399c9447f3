// The port through which names become addresses: c-ares in production (http/dns_resolver.h), a
// table in tests and the simulator (REL-28).
#pragma once

#include <string>
#include <vector>

#include "base/ip_address.h"
#include "http/task.h"
#include "tocsin/result.h"

namespace tocsin::http {

class Resolver {
 public:
  virtual ~Resolver() = default;

  // All addresses of `host`, a name in lower case (Url::host); never empty. Nothing is judged here:
  // the caller asks the address rule about each. Errors: net_resolve, net_timeout.
  virtual Task<Result<std::vector<IpAddress>>> resolve(std::string host, Deadline deadline) = 0;
};

}  // namespace tocsin::http
