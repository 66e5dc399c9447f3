// ECDSA signatures in the two forms they have: R and S of full length side by side as JOSE carries
// them (RFC 7518 3.4), and the DER that OpenSSL speaks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "jose/algorithm.h"

namespace tocsin::jose {

// A DER signature of P-256 or P-384, on the stack: it lives for one call.
struct EcdsaDer {
  std::array<std::uint8_t, 112> octets;
  std::size_t size = 0;
};

// True if `scalar` has exactly the length of the group order n of `type` and lies in 1 .. n-1.
bool is_scalar(KeyType type, std::string_view scalar) noexcept;

// False unless `raw` has exactly two scalars: R and S of zero or beyond the order never reach
// OpenSSL (AL-05, AL-06, SEC-27).
bool ecdsa_raw_to_der(KeyType type, std::string_view raw, EcdsaDer& der) noexcept;

// For signatures OpenSSL made. False if `der` is not one SEQUENCE of two INTEGERs that fit.
bool ecdsa_der_to_raw(KeyType type, std::string_view der, std::string& raw);

}  // namespace tocsin::jose
