#include "app/key_file.h"

#include <string_view>
#include <utility>

#include "app/file.h"
#include "base/base64url.h"
#include "base/try.h"
#include "tocsin/json.h"

namespace tocsin::app {
namespace {

constexpr std::size_t key_file_max = 256 * 1024;  // octets
constexpr std::string_view sealed_member = "sealed";
constexpr std::string_view sealed_place = "key file";  // not its path: a file may move

Error unusable(const std::string& path, std::string_view reason) {
  return {Errc::config_invalid, path + ": " + std::string(reason)};
}

std::optional<std::chrono::sys_seconds> creation_of(const Json& jwk) {
  const Json* iat = jwk.as_object()->find("iat");
  const JsonNumber* number = iat == nullptr ? nullptr : iat->as_number();
  const auto seconds = number == nullptr ? std::nullopt : number->as_int64();
  if (!seconds) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(*seconds));
}

bool has_kid(const std::vector<StoredKey>& keys, std::string_view kid) {
  for (const StoredKey& stored : keys) {
    if (stored.key.kid() == kid) return true;
  }
  return false;
}

Result<std::vector<StoredKey>> read_jwk_set(std::string_view text, const std::string& path) {
  const auto json = parse_json(text, {.text_max = key_file_max});
  if (!json) return unusable(path, json.error().to_string());
  const JsonObject* document = json->as_object();
  const Json* member = document == nullptr ? nullptr : document->find("keys");
  const JsonArray* jwks = member == nullptr ? nullptr : member->as_array();
  if (jwks == nullptr) return unusable(path, "not a JWK set: no array \"keys\"");
  if (jwks->empty()) return unusable(path, "the JWK set is empty");

  std::vector<StoredKey> keys;
  for (const Json& jwk : *jwks) {
    const std::string where = "key " + std::to_string(keys.size());
    auto key = SigningKey::from_jwk(jwk);
    if (!key) return unusable(path, where + ": " + key.error().to_string());
    if (has_kid(keys, key->kid())) return unusable(path, where + ": its kid occurs twice");
    keys.push_back({*std::move(key), creation_of(jwk)});
  }
  return keys;
}

Result<std::vector<StoredKey>> read_pem(std::string_view text, const std::string& path) {
  auto key = SigningKey::from_pem(text);
  if (!key) return unusable(path, key.error().to_string());
  std::vector<StoredKey> keys;
  keys.push_back({*std::move(key), std::nullopt});
  return keys;
}

std::string to_jwk_set(const std::vector<StoredKey>& keys) {
  JsonArray jwks;
  for (const StoredKey& stored : keys) {
    Json jwk = stored.key.private_jwk();
    if (stored.created) {
      jwk.as_object()->insert_or_assign("iat", stored.created->time_since_epoch().count());
    }
    jwks.push_back(std::move(jwk));
  }
  return to_text(JsonObject{{"keys", std::move(jwks)}}) + "\n";
}

// What stands in a file, and in which form it stood there.
struct Content {
  std::string text;
  bool sealed = false;
};

// A sealed file is JSON, too, so that nobody takes it for something broken.
Result<Content> read_content(const std::string& path, const KeyAccess& access) {
  TOCSIN_TRY(std::string text, read_secret_file(path, key_file_max));
  const auto json = parse_json(text, {.text_max = key_file_max});
  const Json* member =
      json && json->as_object() != nullptr ? json->as_object()->find(sealed_member) : nullptr;
  if (member == nullptr) {
    if (access.plain) return Content{std::move(text), false};
    return unusable(path,
                    "its keys are not encrypted; run `tocsin key seal`, or allow it with "
                    "plain_keys in [store]");
  }
  if (access.box == nullptr) return unusable(path, "it is sealed; name the key with --store-key");
  const std::string* sealed = member->as_string();
  const auto octets =
      sealed == nullptr ? Result<std::string>(Errc::config_invalid) : base64url_decode(*sealed);
  if (!octets) return unusable(path, "it is sealed and damaged");
  auto opened = access.box->open(*octets, sealed_place);
  if (!opened) return unusable(path, "the store key does not open it");
  return Content{*std::move(opened), true};
}

Result<std::string> write_content(const std::vector<StoredKey>& keys, const jose::SecretBox* box) {
  std::string text = to_jwk_set(keys);
  if (box == nullptr) return text;
  TOCSIN_TRY(const std::string sealed, box->seal(text, sealed_place));
  return to_text(JsonObject{{std::string(sealed_member), base64url_encode(sealed)}}) + "\n";
}

// A file that more keys fit into.
struct KeyRing {
  std::vector<StoredKey> keys;
  const jose::SecretBox* box = nullptr;  // what it was sealed with
};

Result<KeyRing> load_key_ring(const std::string& path, const jose::SecretBox* box) {
  TOCSIN_TRY(const Content content, read_content(path, {.box = box}));
  KeyRing ring{.keys = {}, .box = content.sealed ? box : nullptr};
  TOCSIN_TRY(ring.keys, read_jwk_set(content.text, path));
  return ring;
}

Result<void> replace(const std::string& path, const std::vector<StoredKey>& keys,
                     const jose::SecretBox* box) {
  TOCSIN_TRY(const std::string content, write_content(keys, box));
  return replace_secret_file(path, content);
}

Result<std::vector<StoredKey>> read_keys(const std::string& text, const std::string& path) {
  return text.starts_with("-----BEGIN") ? read_pem(text, path) : read_jwk_set(text, path);
}

}  // namespace

Result<std::vector<StoredKey>> load_key_file(const std::string& path, const KeyAccess& access) {
  TOCSIN_TRY(const Content content, read_content(path, access));
  return read_keys(content.text, path);
}

Result<void> create_key_file(const std::string& path, const StoredKey& key,
                             const jose::SecretBox* box) {
  TOCSIN_TRY(const std::string content, write_content({key}, box));
  return create_secret_file(path, content);
}

Result<void> add_key(const std::string& path, const StoredKey& key, const jose::SecretBox* box) {
  TOCSIN_TRY(KeyRing ring, load_key_ring(path, box));
  if (has_kid(ring.keys, key.key.kid())) return unusable(path, "a key of this kid is there");
  ring.keys.push_back(key);
  return replace(path, ring.keys, ring.box);
}

Result<void> remove_key(const std::string& path, const std::string& kid,
                        const jose::SecretBox* box) {
  TOCSIN_TRY(KeyRing ring, load_key_ring(path, box));
  if (!has_kid(ring.keys, kid)) return unusable(path, "there is no key " + kid);
  if (ring.keys.size() == 1) return unusable(path, "it is the only key");
  std::erase_if(ring.keys, [&](const StoredKey& stored) { return stored.key.kid() == kid; });
  return replace(path, ring.keys, ring.box);
}

Result<bool> seal_key_file(const std::string& path, const jose::SecretBox& box) {
  TOCSIN_TRY(const Content content, read_content(path, {.box = &box}));
  TOCSIN_TRY(const std::vector<StoredKey> keys, read_keys(content.text, path));
  if (content.sealed) return false;
  TOCSIN_CHECK(replace(path, keys, &box));
  return true;
}

Result<SigningKey> pick_key(const std::vector<StoredKey>& keys,
                            const std::optional<std::string>& kid) {
  std::string kids;
  for (const StoredKey& stored : keys) {
    if (kid ? stored.key.kid() == *kid : keys.size() == 1) return stored.key;
    kids += kids.empty() ? "" : ", ";
    kids += stored.key.kid();
  }
  return Error(Errc::config_invalid, kid ? "no key has this kid; there are: " + kids
                                         : "choose one of several keys by its kid: " + kids);
}

}  // namespace tocsin::app
