#include "jose/digest.h"

#include <openssl/crypto.h>

#include "base/assert.h"
#include "jose/openssl.h"

namespace tocsin {

Sha256 sha256(std::string_view octets) {
  Sha256 hash;
  TOCSIN_ASSERT(EVP_Digest(octets.data(), octets.size(), hash.data(), nullptr, jose::sha256_md(),
                           nullptr) == 1);
  return hash;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tocsin
