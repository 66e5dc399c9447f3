// What a KeySet is a handle to: the usable keys of one issuer and the choice among them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jose/jwk.h"
#include "jose/signature_key.h"
#include "tocsin/finding.h"
#include "tocsin/keys.h"

namespace tocsin {
namespace jose {

inline constexpr std::size_t jwks_text_max = 256 * 1024;  // octets (trust.md section 1)
inline constexpr std::size_t jwks_keys_max = 100;
inline constexpr std::size_t keys_tried_max = 8;  // for a token without kid (KY-13)

struct VerificationKey {
  std::optional<std::string> kid;
  std::optional<Algorithm> algorithm;  // what the JWK says it is for (AL-03)
  PublicMembers members;
  std::shared_ptr<const SignatureKey> key;

  bool may_verify(Algorithm wanted) const noexcept {
    return fits(wanted, members.type) && (!algorithm || *algorithm == wanted);
  }
};

// The array of keys of a JWK set, all of them objects; null, with a finding, if the document is no
// JWK set (KY-10).
const JsonArray* read_jwks_structure(const Json& jwks, Findings& findings);

// One JWK as a key to verify with; nothing, and at least one finding, if it cannot be used.
std::optional<VerificationKey> read_verification_key(const Json& jwk, std::string path,
                                                     Findings& findings);

// Everything that is wrong with a JWK set, for people: jwks_structure, jwks_key.
Findings lint_jwks(const Json& jwks);

}  // namespace jose

class KeySet::Impl {
 public:
  std::vector<jose::VerificationKey> keys;
  std::vector<KeySet::Skipped> skipped;

  // Checks a signature with the key that made it (KY-11): the only one of this kid that may verify
  // with `algorithm`, or without a kid whichever of keys_tried_max verifies. jose_key if there is
  // no such key or more than one of the kid (KY-12), jose_signature, internal_error.
  Result<void> verify(Algorithm algorithm, std::optional<std::string_view> kid,
                      std::string_view input, std::string_view signature) const;

 private:
  Result<void> try_all(Algorithm algorithm, std::string_view input,
                       std::string_view signature) const;
};

}  // namespace tocsin
