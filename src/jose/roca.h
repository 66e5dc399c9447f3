// ROCA (CVE-2017-15361): RSA moduli of one family of chips betray themselves, and can be factored.
#pragma once

#include <string_view>

namespace tocsin::jose {

// True if `modulus`, big-endian, is a power of 65537 modulo each of the small primes of the
// published test (KY-07). A sound modulus passes that test by chance once in 2^27 or less.
bool has_roca_fingerprint(std::string_view modulus) noexcept;

}  // namespace tocsin::jose
