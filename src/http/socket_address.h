// Between our addresses and the kernel's.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "base/ip_address.h"

namespace tocsin::http {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;

  SocketAddress() = default;
  SocketAddress(const IpAddress& address, std::uint16_t port);

  sockaddr* data() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* data() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }

  std::uint16_t port() const noexcept;

  // A peer that came by IPv4 to a dual-stack socket is an IPv4 peer. 0.0.0.0 if it is neither.
  IpAddress address() const noexcept;
};

}  // namespace tocsin::http
