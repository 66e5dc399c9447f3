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

Sha256 hmac_sha256(std::string_view key, std::string_view octets) {
  Sha256 code;
  std::size_t size = 0;
  TOCSIN_ASSERT(EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(),
                          reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
                          code.data(), code.size(), &size) != nullptr);
  TOCSIN_ASSERT(size == code.size());
  return code;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tocsin
