#include "app/key_file.h"

#include <string_view>
#include <utility>

#include "app/file.h"
#include "base/try.h"
#include "tocsin/json.h"

namespace tocsin::app {
namespace {

constexpr std::size_t key_file_max = 256 * 1024;  // octets

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

// A file that more keys fit into.
Result<std::vector<StoredKey>> load_jwk_set(const std::string& path) {
  TOCSIN_TRY(const std::string text, read_secret_file(path, key_file_max));
  return read_jwk_set(text, path);
}

}  // namespace

Result<std::vector<StoredKey>> load_key_file(const std::string& path) {
  TOCSIN_TRY(const std::string text, read_secret_file(path, key_file_max));
  return text.starts_with("-----BEGIN") ? read_pem(text, path) : read_jwk_set(text, path);
}

Result<void> create_key_file(const std::string& path, const StoredKey& key) {
  return create_secret_file(path, to_jwk_set({key}));
}

Result<void> add_key(const std::string& path, const StoredKey& key) {
  TOCSIN_TRY(std::vector<StoredKey> keys, load_jwk_set(path));
  if (has_kid(keys, key.key.kid())) return unusable(path, "a key of this kid is there");
  keys.push_back(key);
  return replace_secret_file(path, to_jwk_set(keys));
}

Result<void> remove_key(const std::string& path, const std::string& kid) {
  TOCSIN_TRY(std::vector<StoredKey> keys, load_jwk_set(path));
  if (!has_kid(keys, kid)) return unusable(path, "there is no key " + kid);
  if (keys.size() == 1) return unusable(path, "it is the only key");
  std::erase_if(keys, [&](const StoredKey& stored) { return stored.key.kid() == kid; });
  return replace_secret_file(path, to_jwk_set(keys));
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
