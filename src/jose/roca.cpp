#include "jose/roca.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tocsin::jose {
namespace {

// Primes modulo which 65537 generates a small part of all residues.
constexpr std::array<std::uint32_t, 17> primes{11, 13, 17,  19,  37,  53,  61,  71, 73,
                                               79, 97, 103, 107, 109, 127, 151, 157};

std::uint32_t remainder(std::string_view number, std::uint32_t divisor) noexcept {
  std::uint32_t rest = 0;
  for (const char octet : number) {
    rest = (rest << 8 | static_cast<unsigned char>(octet)) % divisor;
  }
  return rest;
}

bool is_power_of_65537(std::uint32_t residue, std::uint32_t prime) noexcept {
  std::uint32_t power = 1;
  do {
    if (power == residue) return true;
    power = power * (65537 % prime) % prime;
  } while (power != 1);
  return false;
}

}  // namespace

bool has_roca_fingerprint(std::string_view modulus) noexcept {
  return std::all_of(primes.begin(), primes.end(), [modulus](std::uint32_t prime) {
    return is_power_of_65537(remainder(modulus, prime), prime);
  });
}

}  // namespace tocsin::jose
