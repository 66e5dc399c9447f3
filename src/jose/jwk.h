// JSON Web Keys (RFC 7517, RFC 7518 6, RFC 8037 2): reading one with every finding, writing one,
// and its thumbprint. Findings are jwks_key, with paths below the key's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jose/algorithm.h"
#include "jose/key_material.h"
#include "tocsin/finding.h"
#include "tocsin/json.h"

namespace tocsin::jose {

// What a key is wanted for: decides which `use` and which `key_ops` fit (RFC 7517 4.2, 4.3).
enum class Purpose : std::uint8_t { sign, verify, encrypt, decrypt };

inline constexpr std::size_t kid_max = 256;         // octets (trust.md section 1)
inline constexpr unsigned rsa_bits_min = 2048;      // AL-04
inline constexpr unsigned rsa_bits_max = 8192;      // AL-04: more is a way to spend our time
inline constexpr std::size_t rsa_exponent_max = 8;  // octets, likewise

// Where findings about one key go.
struct JwkFindings {
  std::string path;
  Findings& findings;

  // Adds a finding at member `name`; "" is the key itself.
  void add(Level level, std::string_view name, std::string_view section, std::string detail);
};

// kty, crv and the public numbers. Nothing unless all of them are right (KY-01, KY-03, AL-04).
std::optional<PublicMembers> read_public_members(const JsonObject& jwk, JwkFindings& findings);

// The private numbers that belong to a key of `type`; nothing unless all are right.
std::optional<PrivateMembers> read_private_members(const JsonObject& jwk, KeyType type,
                                                   JwkFindings& findings);

// Size, exponent and structure of an RSA modulus (AL-04, KY-07); true for other types.
bool judge_rsa(const PublicMembers& members, JwkFindings& findings);

// KY-02: `use` and `key_ops` fit the purpose.
bool judge_purpose(const JsonObject& jwk, Purpose purpose, JwkFindings& findings);

// `kid`, if there is one. False if it is no string or too long.
bool read_kid(const JsonObject& jwk, std::optional<std::string>& kid, JwkFindings& findings);

// `alg` as a signature algorithm that fits `type`, if there is one. False if it does not fit.
bool read_signature_alg(const JsonObject& jwk, KeyType type, std::optional<Algorithm>& algorithm,
                        JwkFindings& findings);

// {"kty":..., ...} with the public numbers.
JsonObject write_public_members(const PublicMembers& members);
void append_private_members(JsonObject& jwk, const PrivateMembers& secrets);

std::string thumbprint(const PublicMembers& members);

}  // namespace tocsin::jose
