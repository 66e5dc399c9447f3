// PEM, as far as keys need it: PKCS #8 and traditional private keys, SubjectPublicKeyInfo.
#pragma once

#include <string>
#include <string_view>

#include "jose/openssl.h"

namespace tocsin::jose {

// The first key in `pem`; null if there is none. An encrypted key counts as none: nobody is asked
// for a passphrase.
PkeyPtr read_private_pem(std::string_view pem);
PkeyPtr read_public_pem(std::string_view pem);

std::string write_public_pem(const EVP_PKEY* key);

}  // namespace tocsin::jose
