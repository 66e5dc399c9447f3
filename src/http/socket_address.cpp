#include "http/socket_address.h"

#include <arpa/inet.h>

#include <cstring>

namespace tocsin::http {

SocketAddress::SocketAddress(const IpAddress& address, std::uint16_t port) {
  if (address.family == IpAddress::Family::v4) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.octets.data(), sizeof v4.sin_addr);
    size = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.octets.data(), sizeof v6.sin6_addr);
    size = sizeof v6;
  }
}

std::uint16_t SocketAddress::port() const noexcept {
  if (storage.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
}

IpAddress SocketAddress::address() const noexcept {
  IpAddress address;
  if (storage.ss_family == AF_INET) {
    const in_addr& v4 = reinterpret_cast<const sockaddr_in&>(storage).sin_addr;
    std::memcpy(address.octets.data(), &v4, sizeof v4);
  } else if (storage.ss_family == AF_INET6) {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
      std::memcpy(address.octets.data(), &v6.s6_addr[12], 4);
    } else {
      address.family = IpAddress::Family::v6;
      std::memcpy(address.octets.data(), &v6, sizeof v6);
    }
  }
  return address;
}

}  // namespace tocsin::http
