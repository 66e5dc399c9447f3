// SHA-256 and the comparison of secrets, for every room: nothing outside jose/ calls OpenSSL for
// them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tocsin {

using Sha256 = std::array<std::uint8_t, 32>;

// Thread-safe. A machine that cannot hash stops the process.
Sha256 sha256(std::string_view octets);

// HMAC (RFC 2104) with SHA-256, for what a peer wants signed with a shared secret. Never a JWS.
Sha256 hmac_sha256(std::string_view key, std::string_view octets);

inline std::string_view as_text(const Sha256& hash) noexcept {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// Compares secrets in a time that depends on their lengths only (SEC-08). The only such helper.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace tocsin
