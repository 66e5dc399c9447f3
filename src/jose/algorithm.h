// What each signature algorithm of tocsin/keys.h asks for: key type, scheme and digest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tocsin/keys.h"

namespace tocsin::jose {

// The keys we use. A type fits only the algorithms of its own family (AL-02).
enum class KeyType : std::uint8_t { rsa, p256, p384, ed25519 };

enum class SignatureScheme : std::uint8_t { pkcs1, pss, ecdsa, eddsa };
enum class Hash : std::uint8_t { sha256, sha384, sha512 };

struct AlgorithmTraits {
  std::string_view name;  // the header value we send
  KeyType key;
  SignatureScheme scheme;
  Hash hash;  // meaningless for eddsa, which hashes by itself
};

const AlgorithmTraits& traits(Algorithm algorithm) noexcept;

inline bool fits(Algorithm algorithm, KeyType type) noexcept {
  return traits(algorithm).key == type;
}

// The algorithm a key of this type signs with when nothing else is said.
Algorithm default_algorithm(KeyType type) noexcept;

// Octets of one coordinate or scalar; 0 for RSA.
constexpr std::size_t coordinate_size(KeyType type) noexcept {
  switch (type) {
    case KeyType::p256:
    case KeyType::ed25519:
      return 32;
    case KeyType::p384:
      return 48;
    case KeyType::rsa:
      break;
  }
  return 0;
}

}  // namespace tocsin::jose
