// The parts of /etc/hosts and /etc/resolv.conf that count for us, read leniently: what cannot be
// read is skipped, as the C library does.
#pragma once

#include <istream>
#include <map>
#include <string>
#include <vector>

#include "base/ip_address.h"

namespace tocsin::http {

// Names in lower case, each with its addresses in the order of the file.
using HostTable = std::map<std::string, std::vector<IpAddress>, std::less<>>;

HostTable read_hosts(std::istream& file);

// The addresses of the nameserver lines.
std::vector<IpAddress> read_nameservers(std::istream& file);

}  // namespace tocsin::http
