// Keys: the one we sign with, and the sets we verify with (RFC 7517, RFC 7518, RFC 8037).
//
// Accepted: RSA of 2048 to 8192 bits with an odd exponent of at least 3, P-256, P-384, Ed25519.
// All types here are immutable handles: copies share one key, and every member is thread-safe.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin {

// JWS signature algorithms (RFC 7518 3.1, RFC 8037 3.1). `EdDSA` stands for the header values
// "EdDSA" and "Ed25519" (RFC 9864) alike. There is no `none` and no HMAC to choose.
enum class Algorithm : std::uint8_t {
  RS256,
  RS384,
  RS512,
  PS256,
  PS384,
  PS512,
  ES256,
  ES384,
  EdDSA,
};

std::string_view to_string(Algorithm algorithm) noexcept;

// Exact, case-sensitive. jose_alg_unsupported for a registered signature algorithm Tocsin lacks
// (ES512, ES256K, Ed448, HS*), jose_alg for everything else, `none` included.
Result<Algorithm> parse_algorithm(std::string_view name);

// A small set of algorithms: an allow-list.
class AlgorithmSet {
 public:
  constexpr AlgorithmSet() = default;
  constexpr AlgorithmSet(std::initializer_list<Algorithm> algorithms) {
    for (const Algorithm algorithm : algorithms) bits_ |= bit(algorithm);
  }
  constexpr bool contains(Algorithm algorithm) const noexcept { return bits_ & bit(algorithm); }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  static constexpr AlgorithmSet all() noexcept {
    AlgorithmSet set;
    set.bits_ = 0x1ff;
    return set;
  }
  friend constexpr bool operator==(AlgorithmSet, AlgorithmSet) noexcept = default;

 private:
  static constexpr std::uint16_t bit(Algorithm algorithm) noexcept {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(algorithm));
  }
  std::uint16_t bits_ = 0;
};

// A private key, the algorithm it signs with, and its `kid`.
class SigningKey {
 public:
  // A new key from the system's generator. RSA algorithms take `rsa_bits` (2048 to 8192, exponent
  // 65537); `kid` is the RFC 7638 thumbprint unless given. RSA takes up to seconds.
  static Result<SigningKey> generate(Algorithm algorithm, unsigned rsa_bits = 2048,
                                     std::string kid = {});

  // A private JWK. Its `alg` decides; without one RS256, ES256, ES384 or EdDSA by key type.
  static Result<SigningKey> from_jwk(const Json& jwk);

  // PKCS #8 or traditional PEM, not encrypted.
  static Result<SigningKey> from_pem(std::string_view pem, std::optional<Algorithm> algorithm = {},
                                     std::string kid = {});

  const std::string& kid() const noexcept;
  Algorithm algorithm() const noexcept;

  // What a JWKS shows: public members, kid, use, alg (SEC-35).
  Json public_jwk() const;
  std::string public_pem() const;

  // The secret, for a key file of mode 0600 and nothing else (SEC-33).
  Json private_jwk() const;

  // The JWS signature octets over `signing_input`. Fails only with internal_error.
  Result<std::string> sign(std::string_view signing_input) const;

  class Impl;
  const Impl& impl() const noexcept { return *impl_; }

 private:
  explicit SigningKey(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// The public keys of one issuer. Keys that cannot be used are skipped, not fatal (RFC 7517 5);
// `skipped()` says which and why.
class KeySet {
 public:
  // A key that parse() passed over: its index in the document and the reason.
  struct Skipped {
    std::size_t index;
    std::string kid;  // empty if it has none
    Error error;
  };

  // No key verifies anything.
  KeySet();

  // jwks_structure if the document is no JWK set. At most 100 keys are read, 256 KiB of text
  // (trust.md section 1). A symmetric or private key is skipped (KY-05).
  static Result<KeySet> parse(std::string_view jwks);
  static Result<KeySet> from_json(const Json& jwks);

  // One PEM public key (SubjectPublicKeyInfo, no certificate), for every algorithm that fits it.
  // `kid` is the RFC 7638 thumbprint unless given.
  static Result<KeySet> from_pem(std::string_view pem, std::string kid = {});

  // The public halves of `keys`, as a JWKS of ours would show them.
  static KeySet of(const std::vector<SigningKey>& keys);

  bool empty() const noexcept;
  std::size_t size() const noexcept;
  const std::vector<Skipped>& skipped() const noexcept;

  // True if a usable key has this `kid`: what decides on a refetch (KY-24).
  bool has_kid(std::string_view kid) const noexcept;

  // {"keys":[...]}, public members only.
  Json to_jwks() const;

  class Impl;
  const Impl& impl() const noexcept { return *impl_; }

 private:
  explicit KeySet(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// RFC 7638: SHA-256 over the required members, base64url. jwks_key if the JWK lacks them.
Result<std::string> jwk_thumbprint(const Json& jwk);

// Keys that decrypt SETs sent to us (RFC 7516, SEC-26), each with the `alg` it may be used with.
// RSA-OAEP-256, ECDH-ES and ECDH-ES+A256KW with A256GCM and A128CBC-HS256; nothing else.
class DecryptionKeySet {
 public:
  DecryptionKeySet();

  // Private JWKs with `use` "enc" or none. jwks_structure, jwks_key.
  static Result<DecryptionKeySet> from_json(const Json& jwks);

  bool empty() const noexcept;

  // The plaintext of a compact JWE whose header names one of these keys. Wrong key, padding and
  // tag are one error, jose_decrypt, in one class of time (RFC 7516 11.5).
  Result<std::string> decrypt(std::string_view compact) const;

  class Impl;

 private:
  explicit DecryptionKeySet(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// Encrypts a compact JWS for the holder of `public_jwk` (cty "JWT", RFC 7519 5.2). `alg` and `enc`
// as for DecryptionKeySet.
Result<std::string> encrypt(std::string_view compact_jws, const Json& public_jwk,
                            std::string_view alg, std::string_view enc);

}  // namespace tocsin
