#include "app/config.h"

#include "base/ip_network.h"

namespace tocsin::app {

std::string ConfigFinding::to_text() const {
  std::string where = place.file;
  if (place.line != 0) {
    where += ':' + std::to_string(place.line) + ':' + std::to_string(place.column);
  }
  return where.empty() ? text : where + ": " + text;
}

bool ListenAddress::is_loopback() const noexcept {
  constexpr IpNetwork v4{{IpAddress::Family::v4, {127}}, 8};
  constexpr IpNetwork v6{{IpAddress::Family::v6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
                         128};
  return v4.contains(address) || v6.contains(address);
}

std::string ListenAddress::to_text() const {
  const std::string host = to_short_text(address);
  const bool is_v6 = address.family == IpAddress::Family::v6;
  return (is_v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string SecretReference::to_text() const {
  if (!file.empty()) return "file:" + file;
  return variable.empty() ? "" : "env:" + variable;
}

}  // namespace tocsin::app
