// JWE in compact serialization (RFC 7516), as far as encrypted SETs need it (SEC-26).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jose/key_management.h"
#include "jose/openssl.h"
#include "tocsin/finding.h"
#include "tocsin/json.h"
#include "tocsin/keys.h"

namespace tocsin {
namespace jose {

struct JweRules {
  bool carries_jwt = true;  // `cty` must say JWT: what is inside is a token (JE-02)
};

// Everything in the header of a JWE that we refuse, in the order in which decryption looks.
Findings judge_jwe_header(const JsonObject& header, const JweRules& rules);

struct DecryptionKey {
  std::optional<std::string> kid;
  std::optional<KeyManagement> algorithm;  // what the JWK says it is for (JE-14)
  KeyType type;
  PkeyPtr key;

  bool may_decrypt(KeyManagement method) const noexcept {
    return fits(method, type) && (!algorithm || *algorithm == method);
  }
};

// One private JWK as a key to decrypt with, tried out once; jwks_key.
Result<DecryptionKey> read_decryption_key(const Json& jwk);

struct EncryptionKey {
  std::optional<std::string> kid;
  std::optional<KeyManagement> algorithm;
  PublicMembers members;

  bool may_encrypt(KeyManagement method) const noexcept {
    return fits(method, members.type) && (!algorithm || *algorithm == method);
  }
};

// One public JWK as a key to encrypt for; jwks_key.
Result<EncryptionKey> read_encryption_key(const Json& jwk);

}  // namespace jose

class DecryptionKeySet::Impl {
 public:
  std::vector<jose::DecryptionKey> keys;

  // The only key of this kid, or of all without one, that may decrypt with `method`; jose_key.
  Result<const jose::DecryptionKey*> choose(jose::KeyManagement method,
                                            std::optional<std::string_view> kid) const;

  // Errors: json_limits, jose_serialization, jose_base64url, those of the header, jose_key, and
  // jose_decrypt for all that comes after.
  Result<std::string> decrypt(std::string_view compact, const jose::JweRules& rules) const;
};

}  // namespace tocsin
