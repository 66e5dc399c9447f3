// Owners for OpenSSL's objects and the algorithms we use of it, fetched once. Only .cpp files of
// this room and its internal headers may include it.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>
#include <string_view>

namespace tocsin::jose {

template <auto free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const noexcept {
    free(object);
  }
};

using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, FreeWith<BN_clear_free>>;
using CipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;
using MdCtxPtr = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using PkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;

// Empties OpenSSL's queue of errors of this thread. Whoever swallows a failure does this, or the
// next TLS call on the thread would report it as its own.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() = default;
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
  ~ErrorQueueGuard() { ERR_clear_error(); }
};

// Fetching is the slow part of an operation, so it happens once. The objects are never freed:
// threads may outlive the statics of the program. A build of OpenSSL that lacks one of these stops
// the process.
const EVP_MD* sha256_md();
const EVP_MD* sha384_md();
const EVP_MD* sha512_md();
const EVP_CIPHER* aes256_gcm();
const EVP_CIPHER* aes128_cbc();
const EVP_CIPHER* aes256_wrap();

inline const unsigned char* octets(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* octets(char* text) noexcept {
  return reinterpret_cast<unsigned char*>(text);
}

}  // namespace tocsin::jose
