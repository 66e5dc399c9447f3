#include "jose/pem.h"

#include <openssl/pem.h>

#include <limits>

#include "base/assert.h"

namespace tocsin::jose {
namespace {

BioPtr reader(std::string_view text) {
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return nullptr;
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without it OpenSSL asks the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

PkeyPtr read_private_pem(std::string_view pem) {
  const ErrorQueueGuard guard;
  const BioPtr text = reader(pem);
  return PkeyPtr(text ? PEM_read_bio_PrivateKey(text.get(), nullptr, no_passphrase, nullptr)
                      : nullptr);
}

PkeyPtr read_public_pem(std::string_view pem) {
  const ErrorQueueGuard guard;
  const BioPtr text = reader(pem);
  return PkeyPtr(text ? PEM_read_bio_PUBKEY(text.get(), nullptr, no_passphrase, nullptr) : nullptr);
}

std::string write_public_pem(const EVP_PKEY* key) {
  const BioPtr text(BIO_new(BIO_s_mem()));
  TOCSIN_ASSERT(text && PEM_write_bio_PUBKEY(text.get(), key) == 1);
  char* octets = nullptr;
  const long size = BIO_get_mem_data(text.get(), &octets);
  return {octets, static_cast<std::size_t>(size)};
}

}  // namespace tocsin::jose
