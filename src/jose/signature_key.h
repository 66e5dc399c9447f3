// One OpenSSL key and the signature operation on it: the only place that signs or verifies.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "jose/algorithm.h"
#include "jose/idle_pool.h"
#include "jose/openssl.h"
#include "tocsin/result.h"

namespace tocsin::jose {

// Setting up an OpenSSL context costs as much as a fifth of an RS256 verification, so a key keeps
// contexts that are ready. Thread-safe; a context belongs to one call at a time.
class SignatureKey {
 public:
  SignatureKey(PkeyPtr key, KeyType type);
  ~SignatureKey();

  KeyType type() const noexcept { return type_; }
  EVP_PKEY* pkey() const noexcept { return key_.get(); }

  // Succeeds if `signature`, in the form of JWS, is one of `input`. A signature of the wrong length
  // is refused before any mathematics (AL-05). jose_key if the algorithm is not the key's,
  // jose_signature, and internal_error if OpenSSL could not even begin.
  Result<void> verify(Algorithm algorithm, std::string_view input,
                      std::string_view signature) const;

  // The signature in the form of JWS. Fails only with internal_error.
  Result<std::string> sign(Algorithm algorithm, std::string_view input) const;

 private:
  enum class Operation : std::uint8_t { sign, verify };
  struct Context;
  std::unique_ptr<Context> context_for(Algorithm algorithm, Operation operation) const;

  PkeyPtr key_;
  KeyType type_;
  std::size_t signature_size_;
  mutable IdlePool<Context> idle_;
};

}  // namespace tocsin::jose
