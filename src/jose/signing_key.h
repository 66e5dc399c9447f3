// What a SigningKey is a handle to.
#pragma once

#include <optional>
#include <string>

#include "jose/key_material.h"
#include "jose/signature_key.h"
#include "tocsin/keys.h"

namespace tocsin {

class SigningKey::Impl {
 public:
  // Takes a key whose type fits `algorithm`. An empty `kid` becomes the thumbprint.
  Impl(jose::PkeyPtr key, jose::PublicMembers public_members, Algorithm algorithm, std::string kid);

  const std::string& kid() const noexcept { return kid_; }
  Algorithm algorithm() const noexcept { return algorithm_; }
  const jose::PublicMembers& public_members() const noexcept { return members_; }
  const jose::SignatureKey& key() const noexcept { return key_; }

  // The header segment of every SET this key signs (MK-01), encoded once.
  const std::string& set_header() const noexcept { return set_header_; }

 private:
  jose::SignatureKey key_;
  jose::PublicMembers members_;
  Algorithm algorithm_;
  std::string kid_;
  std::string set_header_;
};

}  // namespace tocsin
