#include "jose/key_management.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/assert.h"
#include "base/base64url.h"
#include "base/try.h"
#include "jose/jwk.h"
#include "jose/system_random.h"

namespace tocsin::jose {
namespace {

using KdfPtr = std::unique_ptr<EVP_KDF, FreeWith<EVP_KDF_free>>;
using KdfCtxPtr = std::unique_ptr<EVP_KDF_CTX, FreeWith<EVP_KDF_CTX_free>>;

constexpr std::array<std::string_view, 16> unsupported{"RSA1_5",
                                                       "RSA-OAEP",
                                                       "RSA-OAEP-384",
                                                       "RSA-OAEP-512",
                                                       "A128KW",
                                                       "A192KW",
                                                       "A256KW",
                                                       "dir",
                                                       "ECDH-ES+A128KW",
                                                       "ECDH-ES+A192KW",
                                                       "A128GCMKW",
                                                       "A192GCMKW",
                                                       "A256GCMKW",
                                                       "PBES2-HS256+A128KW",
                                                       "PBES2-HS384+A192KW",
                                                       "PBES2-HS512+A256KW"};

constexpr std::size_t wrapped_size = content_key_size + 8;  // RFC 3394

Secret random_key() {
  Secret key(content_key_size);
  SystemRandom().fill(std::span(octets(key.data()), key.size()));
  return key;
}

bool set_oaep(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(context, sha256_md()) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, sha256_md()) == 1;
}

std::optional<std::string> oaep_encrypt(EVP_PKEY* key, const Secret& content_key) {
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  std::string encrypted(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t size = encrypted.size();
  if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 || !set_oaep(context.get()) ||
      EVP_PKEY_encrypt(context.get(), octets(encrypted.data()), &size, octets(content_key.view()),
                       content_key.size()) != 1) {
    return std::nullopt;
  }
  encrypted.resize(size);
  return encrypted;
}

Secret oaep_decrypt(EVP_PKEY* key, std::string_view encrypted) {
  const std::size_t room = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  Secret padded(room);
  std::size_t size = room;
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 || !set_oaep(context.get()) ||
      EVP_PKEY_decrypt(context.get(), octets(padded.data()), &size, octets(encrypted),
                       encrypted.size()) != 1) {
    return {};
  }
  return Secret(std::string(padded.view().substr(0, size)));
}

// AES key wrap of RFC 3394, either way; empty if the key does not unwrap.
Secret aes_wrap(const Secret& key, std::string_view in, bool wrap) {
  const CipherCtxPtr context(EVP_CIPHER_CTX_new());
  if (!context) return {};
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  std::array<unsigned char, wrapped_size + 8> out;
  int size = 0;
  Secret result;
  if (EVP_CipherInit_ex2(context.get(), aes256_wrap(), octets(key.view()), nullptr, wrap ? 1 : 0,
                         nullptr) == 1 &&
      EVP_CipherUpdate(context.get(), out.data(), &size, octets(in), static_cast<int>(in.size())) ==
          1) {
    result = Secret(
        std::string(reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(size)));
  }
  OPENSSL_cleanse(out.data(), out.size());
  return result;
}

void append_length(std::string& out, std::size_t length) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(length >> shift);
}

struct PartyInfo {
  std::string apu;
  std::string apv;
};

// RFC 7518 4.6.2: the KDF's other info. With key wrap the derived key is that of `alg`.
std::string other_info(KeyManagement method, ContentEncryption encryption, const PartyInfo& party) {
  const std::string_view id =
      method == KeyManagement::ecdh_es ? to_string(encryption) : to_string(method);
  std::string info;
  for (const std::string_view part :
       {id, std::string_view(party.apu), std::string_view(party.apv)}) {
    append_length(info, part.size());
    info += part;
  }
  append_length(info, content_key_size * 8);
  return info;
}

// The shared secret of two keys of one curve; empty if OpenSSL refuses.
Secret agree(EVP_PKEY* own, EVP_PKEY* peer, KeyType type) {
  Secret shared(coordinate_size(type));
  std::size_t size = shared.size();
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, own, nullptr));
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer) != 1 ||
      EVP_PKEY_derive(context.get(), octets(shared.data()), &size) != 1 || size != shared.size()) {
    return {};
  }
  return shared;
}

// Concat KDF with SHA-256 (NIST SP 800-56A 5.8.1), which OpenSSL calls single step KDF.
Secret derive(const Secret& shared, std::string info) {
  static EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, "SSKDF", nullptr);
  TOCSIN_ASSERT(kdf != nullptr);
  const KdfCtxPtr context(EVP_KDF_CTX_new(kdf));
  char digest[] = "SHA256";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET,
                                        const_cast<char*>(shared.view().data()), shared.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end()};
  Secret key(content_key_size);
  if (!context || EVP_KDF_derive(context.get(), octets(key.data()), key.size(), parameters) != 1) {
    return {};
  }
  return key;
}

Secret agree_and_derive(KeyManagement method, ContentEncryption encryption, EVP_PKEY* own,
                        EVP_PKEY* peer, KeyType type, const PartyInfo& party) {
  const Secret shared = agree(own, peer, type);
  if (shared.empty()) return {};
  return derive(shared, other_info(method, encryption, party));
}

// `apu` and `apv` enter the KDF as octets; absent counts as empty.
bool read_party(const JsonObject& header, const char* name, std::string& party) {
  const Json* const member = header.find(name);
  if (member == nullptr) return true;
  if (member->as_string() == nullptr) return false;
  Result<std::string> octets = base64url_decode(*member->as_string());
  if (!octets) return false;
  party = std::move(octets).value();
  return true;
}

// The sender's ephemeral key: of our curve and on it, or none (JE-11).
PkeyPtr read_epk(const JsonObject& header, KeyType type) {
  const Json* const member = header.find("epk");
  const JsonObject* const object = member != nullptr ? member->as_object() : nullptr;
  if (object == nullptr) return nullptr;
  Findings ignored;
  JwkFindings findings{"/epk", ignored};
  const std::optional<PublicMembers> members = read_public_members(*object, findings);
  if (!members || members->type != type) return nullptr;
  return make_public_key(*members);
}

Result<WrappedKey> wrap_by_agreement(KeyManagement method, ContentEncryption encryption,
                                     const PublicMembers& recipient, EVP_PKEY* peer) {
  const Error failed(Errc::internal_error, "OpenSSL does not agree on a key");
  const PkeyPtr ephemeral = generate_key(recipient.type, 0);
  WrappedKey wrapped;
  if (ephemeral) wrapped.epk = public_members(ephemeral.get());
  if (!wrapped.epk) return failed;
  Secret agreed =
      agree_and_derive(method, encryption, ephemeral.get(), peer, recipient.type, PartyInfo{});
  if (agreed.empty()) return failed;
  if (method == KeyManagement::ecdh_es) {
    wrapped.content_key = std::move(agreed);
    return wrapped;
  }
  wrapped.content_key = random_key();
  wrapped.encrypted_key = aes_wrap(agreed, wrapped.content_key.view(), true).view();
  if (wrapped.encrypted_key.size() != wrapped_size) return failed;
  return wrapped;
}

}  // namespace

std::string_view to_string(KeyManagement method) noexcept {
  switch (method) {
    case KeyManagement::ecdh_es:
      return "ECDH-ES";
    case KeyManagement::ecdh_es_a256kw:
      return "ECDH-ES+A256KW";
    case KeyManagement::rsa_oaep_256:
      break;
  }
  return "RSA-OAEP-256";
}

Result<KeyManagement> parse_key_management(std::string_view name) {
  for (const KeyManagement method :
       {KeyManagement::rsa_oaep_256, KeyManagement::ecdh_es, KeyManagement::ecdh_es_a256kw}) {
    if (to_string(method) == name) return method;
  }
  const bool registered =
      std::find(unsupported.begin(), unsupported.end(), name) != unsupported.end();
  return registered ? Errc::jose_alg_unsupported : Errc::jose_alg;
}

bool fits(KeyManagement method, KeyType type) noexcept {
  if (method == KeyManagement::rsa_oaep_256) return type == KeyType::rsa;
  return type == KeyType::p256 || type == KeyType::p384;
}

Result<WrappedKey> wrap_fresh_key(KeyManagement method, ContentEncryption encryption,
                                  const PublicMembers& recipient) {
  const ErrorQueueGuard guard;
  const PkeyPtr peer = make_public_key(recipient);
  if (!peer) return Error(Errc::jwks_key, "the point is not on the curve");
  if (method != KeyManagement::rsa_oaep_256) {
    return wrap_by_agreement(method, encryption, recipient, peer.get());
  }
  WrappedKey wrapped;
  wrapped.content_key = random_key();
  std::optional<std::string> encrypted = oaep_encrypt(peer.get(), wrapped.content_key);
  if (!encrypted) return Error(Errc::internal_error, "OpenSSL does not encrypt a key");
  wrapped.encrypted_key = *std::move(encrypted);
  return wrapped;
}

std::optional<Secret> recover_key(KeyManagement method, ContentEncryption encryption, EVP_PKEY* own,
                                  KeyType type, const JsonObject& header,
                                  std::string_view encrypted_key) {
  const ErrorQueueGuard guard;
  Secret instead = random_key();
  Secret key;
  if (method == KeyManagement::rsa_oaep_256) {
    key = oaep_decrypt(own, encrypted_key);
  } else {
    PartyInfo party;
    const PkeyPtr epk = read_epk(header, type);
    if (!epk || !read_party(header, "apu", party.apu) || !read_party(header, "apv", party.apv)) {
      return std::nullopt;
    }
    key = agree_and_derive(method, encryption, own, epk.get(), type, party);
    if (method == KeyManagement::ecdh_es) {
      if (!encrypted_key.empty() || key.empty()) return std::nullopt;
      return key;
    }
    if (encrypted_key.size() != wrapped_size || key.empty()) return std::nullopt;
    key = aes_wrap(key, encrypted_key, false);
  }
  return key.size() == content_key_size ? std::move(key) : std::move(instead);
}

}  // namespace tocsin::jose
