// The members of a key as octets (RFC 7518 6, RFC 8037 2), between JWK text and OpenSSL's objects.
#pragma once

#include <optional>
#include <string>

#include "jose/algorithm.h"
#include "jose/openssl.h"
#include "jose/secret.h"

namespace tocsin::jose {

// Numbers are big-endian: those of RSA without leading zeros, coordinates of full length.
struct PublicMembers {
  KeyType type = KeyType::rsa;
  std::string n;  // RSA
  std::string e;  // RSA
  std::string x;  // EC, Ed25519
  std::string y;  // EC
};

struct PrivateMembers {
  Secret d;
  Secret p;  // RSA; this and the next four are there together or not at all
  Secret q;
  Secret dp;
  Secret dq;
  Secret qi;
};

// Null if OpenSSL does not take the key: a point that is not on its curve, above all (KY-04).
PkeyPtr make_public_key(const PublicMembers& members);

// As above. The halves need not belong together: who loads a key tries it out once.
PkeyPtr make_private_key(const PublicMembers& members, const PrivateMembers& secrets);

// A new key from the system's generator; null if OpenSSL fails. `rsa_bits` counts for RSA only.
PkeyPtr generate_key(KeyType type, unsigned rsa_bits);

// The public members of a key that came from a PEM or was generated; nothing if its type or curve
// is none of ours, or an RSA key has more than two primes. Says nothing on whether its size or
// exponent is acceptable.
std::optional<PublicMembers> public_members(const EVP_PKEY* key);
PrivateMembers private_members(const EVP_PKEY* key, KeyType type);

}  // namespace tocsin::jose
