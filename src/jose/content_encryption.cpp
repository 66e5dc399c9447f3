#include "jose/content_encryption.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "jose/digest.h"
#include "jose/openssl.h"
#include "jose/system_random.h"

namespace tocsin::jose {
namespace {

constexpr std::size_t tag_size = 16;  // of both
constexpr std::size_t half_key_size = content_key_size / 2;

constexpr std::array<std::string_view, 4> unsupported{"A128GCM", "A192GCM", "A192CBC-HS384",
                                                      "A256CBC-HS512"};

constexpr std::size_t iv_size(ContentEncryption encryption) noexcept {
  return encryption == ContentEncryption::a256gcm ? 12 : 16;
}

int length(std::string_view text) noexcept {
  return static_cast<int>(text.size());  // tokens are far below 2 GiB
}

// Both directions of one cipher: `run` is EVP_EncryptUpdate or EVP_DecryptUpdate and so on. The
// output has room for one more block, and `out` is cut to what was written.
using Update = int (*)(EVP_CIPHER_CTX*, unsigned char*, int*, const unsigned char*, int);
using Final = int (*)(EVP_CIPHER_CTX*, unsigned char*, int*);

bool update(EVP_CIPHER_CTX* context, Update run, std::string_view in, std::string& out) {
  int written = 0;
  out.assign(in.size() + 16, '\0');
  if (run(context, octets(out.data()), &written, octets(in), length(in)) != 1) return false;
  out.resize(static_cast<std::size_t>(written));
  return true;
}

bool finish(EVP_CIPHER_CTX* context, Final run, std::string& out) {
  std::array<unsigned char, 16> block;
  int written = 0;
  if (run(context, block.data(), &written) != 1) return false;
  out.append(reinterpret_cast<const char*>(block.data()), static_cast<std::size_t>(written));
  return true;
}

bool gcm_seal(const Secret& key, std::string_view plaintext, std::string_view additional_data,
              Sealed& sealed) {
  const CipherCtxPtr context(EVP_CIPHER_CTX_new());
  int unused = 0;
  sealed.tag.assign(tag_size, '\0');
  return context &&
         EVP_EncryptInit_ex2(context.get(), aes256_gcm(), octets(key.view()), octets(sealed.iv),
                             nullptr) == 1 &&
         EVP_EncryptUpdate(context.get(), nullptr, &unused, octets(additional_data),
                           length(additional_data)) == 1 &&
         update(context.get(), EVP_EncryptUpdate, plaintext, sealed.ciphertext) &&
         finish(context.get(), EVP_EncryptFinal_ex, sealed.ciphertext) &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_size),
                             sealed.tag.data()) == 1;
}

bool gcm_open(const Secret& key, const Sealed& sealed, std::string_view additional_data,
              std::string& plaintext) {
  const CipherCtxPtr context(EVP_CIPHER_CTX_new());
  int unused = 0;
  std::string tag = sealed.tag;
  return context &&
         EVP_DecryptInit_ex2(context.get(), aes256_gcm(), octets(key.view()), octets(sealed.iv),
                             nullptr) == 1 &&
         EVP_DecryptUpdate(context.get(), nullptr, &unused, octets(additional_data),
                           length(additional_data)) == 1 &&
         update(context.get(), EVP_DecryptUpdate, sealed.ciphertext, plaintext) &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_size),
                             tag.data()) == 1 &&
         finish(context.get(), EVP_DecryptFinal_ex, plaintext);
}

// RFC 7518 5.2.2.1: the first half of the key authenticates, the second encrypts.
std::string_view mac_half(const Secret& key) noexcept {
  return key.view().substr(0, half_key_size);
}
std::string_view cipher_half(const Secret& key) noexcept {
  return key.view().substr(half_key_size);
}

// HMAC SHA-256 over additional data, IV, ciphertext and the length of the first in bits, cut to
// half. Empty if OpenSSL fails.
std::string cbc_tag(const Secret& key, const Sealed& sealed, std::string_view additional_data) {
  std::string input;
  input.reserve(additional_data.size() + sealed.iv.size() + sealed.ciphertext.size() + 8);
  input.append(additional_data).append(sealed.iv).append(sealed.ciphertext);
  const std::uint64_t bits = std::uint64_t{additional_data.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) input += static_cast<char>(bits >> shift);
  std::array<unsigned char, 32> mac;
  std::size_t size = 0;
  const std::string_view mac_key = mac_half(key);
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, mac_key.data(), mac_key.size(),
                octets(input), input.size(), mac.data(), mac.size(), &size) == nullptr) {
    return {};
  }
  return {reinterpret_cast<const char*>(mac.data()), tag_size};
}

bool cbc_seal(const Secret& key, std::string_view plaintext, std::string_view additional_data,
              Sealed& sealed) {
  const CipherCtxPtr context(EVP_CIPHER_CTX_new());
  if (!context ||
      EVP_EncryptInit_ex2(context.get(), aes128_cbc(), octets(cipher_half(key)), octets(sealed.iv),
                          nullptr) != 1 ||
      !update(context.get(), EVP_EncryptUpdate, plaintext, sealed.ciphertext) ||
      !finish(context.get(), EVP_EncryptFinal_ex, sealed.ciphertext)) {
    return false;
  }
  sealed.tag = cbc_tag(key, sealed, additional_data);
  return !sealed.tag.empty();
}

// The tag comes first: nothing is decrypted, and no padding looked at, that is not authentic.
bool cbc_open(const Secret& key, const Sealed& sealed, std::string_view additional_data,
              std::string& plaintext) {
  if (!equal_in_constant_time(cbc_tag(key, sealed, additional_data), sealed.tag)) return false;
  const CipherCtxPtr context(EVP_CIPHER_CTX_new());
  return context &&
         EVP_DecryptInit_ex2(context.get(), aes128_cbc(), octets(cipher_half(key)),
                             octets(sealed.iv), nullptr) == 1 &&
         update(context.get(), EVP_DecryptUpdate, sealed.ciphertext, plaintext) &&
         finish(context.get(), EVP_DecryptFinal_ex, plaintext);
}

}  // namespace

std::string_view to_string(ContentEncryption encryption) noexcept {
  return encryption == ContentEncryption::a256gcm ? "A256GCM" : "A128CBC-HS256";
}

Result<ContentEncryption> parse_content_encryption(std::string_view name) {
  if (name == "A256GCM") return ContentEncryption::a256gcm;
  if (name == "A128CBC-HS256") return ContentEncryption::a128cbc_hs256;
  const bool registered =
      std::find(unsupported.begin(), unsupported.end(), name) != unsupported.end();
  return registered ? Errc::jose_alg_unsupported : Errc::jose_alg;
}

Result<Sealed> seal(ContentEncryption encryption, const Secret& key, std::string_view plaintext,
                    std::string_view additional_data) {
  const ErrorQueueGuard guard;
  Sealed sealed;
  sealed.iv.assign(iv_size(encryption), '\0');
  SystemRandom().fill(std::span(octets(sealed.iv.data()), sealed.iv.size()));
  const bool made = encryption == ContentEncryption::a256gcm
                        ? gcm_seal(key, plaintext, additional_data, sealed)
                        : cbc_seal(key, plaintext, additional_data, sealed);
  if (!made) return Error(Errc::internal_error, "OpenSSL does not encrypt");
  return sealed;
}

std::optional<std::string> open(ContentEncryption encryption, const Secret& key,
                                const Sealed& sealed, std::string_view additional_data) {
  const ErrorQueueGuard guard;
  if (sealed.iv.size() != iv_size(encryption) || sealed.tag.size() != tag_size) return std::nullopt;
  std::string plaintext;
  const bool opened = encryption == ContentEncryption::a256gcm
                          ? gcm_open(key, sealed, additional_data, plaintext)
                          : cbc_open(key, sealed, additional_data, plaintext);
  if (!opened) return std::nullopt;
  return plaintext;
}

}  // namespace tocsin::jose
