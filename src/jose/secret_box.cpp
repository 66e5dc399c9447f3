#include "jose/secret_box.h"

#include <optional>
#include <utility>

#include "base/try.h"
#include "jose/content_encryption.h"

namespace tocsin::jose {
namespace {

constexpr char version = 1;  // AES-256-GCM: version, IV, tag, ciphertext
constexpr std::size_t iv_size = 12;
constexpr std::size_t tag_size = 16;

}  // namespace

Result<SecretBox> SecretBox::with_key(Secret key) {
  if (key.size() != secret_box_key_size) {
    return Error(Errc::config_invalid, "a store key has 32 octets");
  }
  return SecretBox(std::move(key));
}

Result<std::string> SecretBox::seal(std::string_view plaintext, std::string_view place) const {
  TOCSIN_TRY(const Sealed sealed, jose::seal(ContentEncryption::a256gcm, key_, plaintext, place));
  std::string octets(1, version);
  octets.append(sealed.iv).append(sealed.tag).append(sealed.ciphertext);
  return octets;
}

Result<std::string> SecretBox::open(std::string_view sealed, std::string_view place) const {
  if (sealed.size() < 1 + iv_size + tag_size || sealed.front() != version) {
    return Error(Errc::config_invalid, "a sealed secret is damaged");
  }
  sealed.remove_prefix(1);
  const Sealed parts{.iv = std::string(sealed.substr(0, iv_size)),
                     .ciphertext = std::string(sealed.substr(iv_size + tag_size)),
                     .tag = std::string(sealed.substr(iv_size, tag_size))};
  std::optional<std::string> plaintext = jose::open(ContentEncryption::a256gcm, key_, parts, place);
  if (!plaintext) return Error(Errc::config_invalid, "a secret does not open with this key");
  return *std::move(plaintext);
}

}  // namespace tocsin::jose
