// How the content encryption key of a JWE gets to its recipient (RFC 7518 4.3, 4.6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jose/algorithm.h"
#include "jose/content_encryption.h"
#include "jose/key_material.h"
#include "jose/secret.h"
#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin::jose {

enum class KeyManagement : std::uint8_t { rsa_oaep_256, ecdh_es, ecdh_es_a256kw };

std::string_view to_string(KeyManagement method) noexcept;

// Exact. jose_alg_unsupported for a registered name we lack, RSA1_5 and PBES2 among them; jose_alg
// for every other.
Result<KeyManagement> parse_key_management(std::string_view name);

// RSA keys take RSA-OAEP-256, EC keys the two of ECDH-ES, Ed25519 none.
bool fits(KeyManagement method, KeyType type) noexcept;

// A fresh content key and what the recipient needs to come by it.
struct WrappedKey {
  Secret content_key;
  std::string encrypted_key;         // octets of the second segment
  std::optional<PublicMembers> epk;  // the ephemeral key of ECDH-ES
};

// `method` fits `recipient`. jwks_key if OpenSSL does not take the key, or internal_error.
Result<WrappedKey> wrap_fresh_key(KeyManagement method, ContentEncryption encryption,
                                  const PublicMembers& recipient);

// The content key for the holder of `own`. Where what is wrong is plain to see, in epk, apu, apv or
// an encrypted key that should be empty, nothing (JE-10, JE-11). Where telling would help an
// attacker, in an encrypted key that does not unwrap, a random key, so that the tag fails as it
// does for every other reason (RFC 7516 11.5).
std::optional<Secret> recover_key(KeyManagement method, ContentEncryption encryption, EVP_PKEY* own,
                                  KeyType type, const JsonObject& header,
                                  std::string_view encrypted_key);

}  // namespace tocsin::jose
