#include "jose/algorithm.h"

#include <algorithm>
#include <array>

namespace tocsin {
namespace jose {
namespace {

// In the order of the enumerators.
constexpr std::array<AlgorithmTraits, 9> table{{
    {"RS256", KeyType::rsa, SignatureScheme::pkcs1, Hash::sha256},
    {"RS384", KeyType::rsa, SignatureScheme::pkcs1, Hash::sha384},
    {"RS512", KeyType::rsa, SignatureScheme::pkcs1, Hash::sha512},
    {"PS256", KeyType::rsa, SignatureScheme::pss, Hash::sha256},
    {"PS384", KeyType::rsa, SignatureScheme::pss, Hash::sha384},
    {"PS512", KeyType::rsa, SignatureScheme::pss, Hash::sha512},
    {"ES256", KeyType::p256, SignatureScheme::ecdsa, Hash::sha256},
    {"ES384", KeyType::p384, SignatureScheme::ecdsa, Hash::sha384},
    {"EdDSA", KeyType::ed25519, SignatureScheme::eddsa, Hash::sha512},
}};

// Registered for signatures (RFC 7518, RFC 8037, RFC 8812, RFC 9864), but not implemented here.
constexpr std::array<std::string_view, 6> unsupported{"ES512", "ES256K", "Ed448",
                                                      "HS256", "HS384",  "HS512"};

}  // namespace

const AlgorithmTraits& traits(Algorithm algorithm) noexcept {
  return table[static_cast<std::size_t>(algorithm)];
}

Algorithm default_algorithm(KeyType type) noexcept {
  switch (type) {
    case KeyType::p256:
      return Algorithm::ES256;
    case KeyType::p384:
      return Algorithm::ES384;
    case KeyType::ed25519:
      return Algorithm::EdDSA;
    case KeyType::rsa:
      break;
  }
  return Algorithm::RS256;
}

}  // namespace jose

std::string_view to_string(Algorithm algorithm) noexcept {
  return jose::traits(algorithm).name;
}

Result<Algorithm> parse_algorithm(std::string_view name) {
  for (std::size_t i = 0; i < jose::table.size(); ++i) {
    if (jose::table[i].name == name) return static_cast<Algorithm>(i);
  }
  if (name == "Ed25519") return Algorithm::EdDSA;
  if (std::find(jose::unsupported.begin(), jose::unsupported.end(), name) !=
      jose::unsupported.end()) {
    return Errc::jose_alg_unsupported;
  }
  return Errc::jose_alg;
}

}  // namespace tocsin
