#include "jose/signature_key.h"

#include <openssl/rsa.h>

#include <array>
#include <utility>

#include "jose/ecdsa.h"

namespace tocsin::jose {
namespace {

const EVP_MD* md_of(Hash hash) {
  switch (hash) {
    case Hash::sha384:
      return sha384_md();
    case Hash::sha512:
      return sha512_md();
    case Hash::sha256:
      break;
  }
  return sha256_md();
}

// RFC 7518 3.3 and 3.5: PSS takes MGF1 with the same hash and a salt as long as the hash (AL-08).
bool set_padding(EVP_PKEY_CTX* context, SignatureScheme scheme, const EVP_MD* md) {
  switch (scheme) {
    case SignatureScheme::pkcs1:
      return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    case SignatureScheme::pss:
      return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
    default:
      return true;
  }
}

Error openssl_failed(const char* operation) {
  const ErrorQueueGuard guard;
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  return {Errc::internal_error,
          std::string(operation) + ": " + (reason != nullptr ? reason : "OpenSSL gives no reason")};
}

}  // namespace

// What one operation needs, ready for one algorithm. EdDSA hashes by itself and wants OpenSSL's
// one-shot context started over each time; all others sign a digest.
struct SignatureKey::Context {
  Algorithm algorithm;
  Operation operation;
  MdCtxPtr md;
  PkeyCtxPtr key;  // null for EdDSA
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned digest_size = 0;

  // Hashes `input`, or starts the one-shot context over.
  bool begin(EVP_PKEY* pkey, std::string_view input) {
    if (!key) {
      const auto init =
          operation == Operation::sign ? EVP_DigestSignInit_ex : EVP_DigestVerifyInit_ex;
      return init(md.get(), nullptr, nullptr, nullptr, nullptr, pkey, nullptr) == 1;
    }
    // The context knows its digest: starting over with it looks nothing up.
    return EVP_DigestInit_ex(md.get(), nullptr, nullptr) == 1 &&
           EVP_DigestUpdate(md.get(), input.data(), input.size()) == 1 &&
           EVP_DigestFinal_ex(md.get(), digest.data(), &digest_size) == 1;
  }

  bool verify(std::string_view input, std::string_view signature) {
    const int verdict = key ? EVP_PKEY_verify(key.get(), octets(signature), signature.size(),
                                              digest.data(), digest_size)
                            : EVP_DigestVerify(md.get(), octets(signature), signature.size(),
                                               octets(input), input.size());
    return verdict == 1;
  }

  // Cuts `signature`, which has room for the longest, to what was made.
  bool sign(std::string_view input, std::string& signature) {
    std::size_t size = signature.size();
    const int made =
        key ? EVP_PKEY_sign(key.get(), octets(signature.data()), &size, digest.data(), digest_size)
            : EVP_DigestSign(md.get(), octets(signature.data()), &size, octets(input),
                             input.size());
    if (made == 1) signature.resize(size);
    return made == 1;
  }
};

SignatureKey::SignatureKey(PkeyPtr key, KeyType type)
    : key_(std::move(key)),
      type_(type),
      signature_size_(type == KeyType::rsa ? static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()))
                                           : 2 * coordinate_size(type)) {}

SignatureKey::~SignatureKey() = default;

std::unique_ptr<SignatureKey::Context> SignatureKey::context_for(Algorithm algorithm,
                                                                 Operation operation) const {
  std::unique_ptr<Context> context = idle_.take();
  if (context && context->algorithm == algorithm && context->operation == operation) return context;

  context.reset(new Context{algorithm, operation, MdCtxPtr(EVP_MD_CTX_new()), nullptr});
  if (!context->md) return nullptr;
  const AlgorithmTraits& wanted = traits(algorithm);
  if (wanted.scheme == SignatureScheme::eddsa) return context;

  const EVP_MD* const md = md_of(wanted.hash);
  context->key.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  EVP_PKEY_CTX* const key = context->key.get();
  const bool ready =
      key != nullptr && EVP_DigestInit_ex(context->md.get(), md, nullptr) == 1 &&
      (operation == Operation::sign ? EVP_PKEY_sign_init(key) : EVP_PKEY_verify_init(key)) == 1 &&
      EVP_PKEY_CTX_set_signature_md(key, md) == 1 && set_padding(key, wanted.scheme, md);
  return ready ? std::move(context) : nullptr;
}

Result<void> SignatureKey::verify(Algorithm algorithm, std::string_view input,
                                  std::string_view signature) const {
  if (!fits(algorithm, type_)) return Errc::jose_key;
  if (signature.size() != signature_size_) return Error(Errc::jose_signature, "wrong length");
  EcdsaDer der;
  if (traits(algorithm).scheme == SignatureScheme::ecdsa) {
    if (!ecdsa_raw_to_der(type_, signature, der)) {
      return Error(Errc::jose_signature, "R or S is not in 1 .. n-1");
    }
    signature = {reinterpret_cast<const char*>(der.octets.data()), der.size};
  }

  std::unique_ptr<Context> context = context_for(algorithm, Operation::verify);
  if (!context || !context->begin(key_.get(), input)) {
    return openssl_failed("setting up a verification");
  }
  const bool verified = context->verify(input, signature);
  idle_.give_back(std::move(context));
  if (verified) return {};
  ERR_clear_error();
  return Errc::jose_signature;
}

Result<std::string> SignatureKey::sign(Algorithm algorithm, std::string_view input) const {
  if (!fits(algorithm, type_)) return Error(Errc::internal_error, "the algorithm is not the key's");
  std::unique_ptr<Context> context = context_for(algorithm, Operation::sign);
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  if (!context || !context->begin(key_.get(), input) || !context->sign(input, signature)) {
    return openssl_failed("signing");
  }
  idle_.give_back(std::move(context));
  if (traits(algorithm).scheme != SignatureScheme::ecdsa) return signature;

  std::string raw;
  if (!ecdsa_der_to_raw(type_, signature, raw)) {
    return Error(Errc::internal_error, "OpenSSL made an ECDSA signature that is none");
  }
  return raw;
}

}  // namespace tocsin::jose
