// Loading the keys of JWE, and the choice among those we decrypt with.
#include <memory>
#include <utility>

#include "base/try.h"
#include "jose/digest.h"
#include "jose/jwe.h"
#include "jose/jwk.h"
#include "jose/key_set.h"

namespace tocsin {
namespace jose {
namespace {

// `alg`, if there is one: a key management method that fits the key (JE-14).
void read_key_management(const JsonObject& jwk, KeyType type, std::optional<KeyManagement>& method,
                         JwkFindings& findings) {
  const Json* const member = jwk.find("alg");
  if (member == nullptr) return;
  const std::string* const name = member->as_string();
  const Result<KeyManagement> parsed =
      name != nullptr ? parse_key_management(*name) : Result<KeyManagement>(Errc::jose_alg);
  if (parsed && fits(*parsed, type)) {
    method = *parsed;
  } else {
    findings.add(Level::policy, "alg", "RFC 7517 4.4", "not a method we use with such a key");
  }
}

// What both halves of a key pair have in common.
struct Members {
  std::optional<std::string> kid;
  std::optional<KeyManagement> algorithm;
  PublicMembers numbers;
};

std::optional<Members> read_members(const JsonObject& jwk, Purpose purpose, JwkFindings& findings) {
  Members members;
  std::optional<PublicMembers> numbers = read_public_members(jwk, findings);
  if (!numbers) return std::nullopt;
  members.numbers = *std::move(numbers);
  if (members.numbers.type == KeyType::ed25519) {
    findings.add(Level::must, "crv", "RFC 8037 3.2", "Ed25519 signs, and nothing else");
    return std::nullopt;
  }
  judge_purpose(jwk, purpose, findings);
  read_kid(jwk, members.kid, findings);
  read_key_management(jwk, members.numbers.type, members.algorithm, findings);
  return members;
}

// Encrypts a key and decrypts it: finds halves that do not belong together.
Result<void> try_out(EVP_PKEY* key, const PublicMembers& numbers) {
  const KeyManagement method =
      numbers.type == KeyType::rsa ? KeyManagement::rsa_oaep_256 : KeyManagement::ecdh_es;
  constexpr auto encryption = ContentEncryption::a256gcm;
  TOCSIN_TRY(const WrappedKey wrapped, wrap_fresh_key(method, encryption, numbers));
  JsonObject header;
  if (wrapped.epk) header.insert_or_assign("epk", write_public_members(*wrapped.epk));
  const std::optional<Secret> recovered =
      recover_key(method, encryption, key, numbers.type, header, wrapped.encrypted_key);
  if (recovered && equal_in_constant_time(recovered->view(), wrapped.content_key.view())) return {};
  return Error(Errc::jwks_key, "the private and the public half do not belong together");
}

}  // namespace

Result<DecryptionKey> read_decryption_key(const Json& jwk) {
  const JsonObject* const object = jwk.as_object();
  if (object == nullptr) return Error(Errc::jwks_key, "a JWK is an object");
  Findings found;
  JwkFindings findings{"", found};
  std::optional<Members> members = read_members(*object, Purpose::decrypt, findings);
  std::optional<PrivateMembers> secrets;
  if (members) secrets = read_private_members(*object, members->numbers.type, findings);
  if (!found.empty()) return to_error(found.front());
  PkeyPtr key = make_private_key(members->numbers, *secrets);
  if (!key) return Error(Errc::jwks_key, "OpenSSL does not take the key");
  TOCSIN_CHECK(try_out(key.get(), members->numbers));
  return DecryptionKey{std::move(members->kid), members->algorithm, members->numbers.type,
                       std::move(key)};
}

Result<EncryptionKey> read_encryption_key(const Json& jwk) {
  const JsonObject* const object = jwk.as_object();
  if (object == nullptr) return Error(Errc::jwks_key, "a JWK is an object");
  Findings found;
  JwkFindings findings{"", found};
  std::optional<Members> members = read_members(*object, Purpose::encrypt, findings);
  if (!found.empty()) return to_error(found.front());
  return EncryptionKey{std::move(members->kid), members->algorithm, std::move(members->numbers)};
}

}  // namespace jose

Result<const jose::DecryptionKey*> DecryptionKeySet::Impl::choose(
    jose::KeyManagement method, std::optional<std::string_view> kid) const {
  const jose::DecryptionKey* chosen = nullptr;
  for (const jose::DecryptionKey& key : keys) {
    if ((kid && key.kid != kid) || !key.may_decrypt(method)) continue;
    if (chosen != nullptr) return Error(Errc::jose_key, "several keys fit");
    chosen = &key;
  }
  if (chosen == nullptr) return Error(Errc::jose_key, "no key has this kid and algorithm");
  return chosen;
}

DecryptionKeySet::DecryptionKeySet() {
  static const auto nothing = std::make_shared<const Impl>();
  impl_ = nothing;
}

Result<DecryptionKeySet> DecryptionKeySet::from_json(const Json& jwks) {
  Findings findings;
  const JsonArray* const documents = jose::read_jwks_structure(jwks, findings);
  if (documents == nullptr) return to_error(findings.front());
  auto impl = std::make_shared<Impl>();
  for (const Json& document : *documents) {
    TOCSIN_TRY(jose::DecryptionKey key, jose::read_decryption_key(document));
    impl->keys.push_back(std::move(key));
  }
  return DecryptionKeySet(std::move(impl));
}

bool DecryptionKeySet::empty() const noexcept {
  return impl_->keys.empty();
}

Result<std::string> DecryptionKeySet::decrypt(std::string_view compact) const {
  return impl_->decrypt(compact, jose::JweRules{});
}

}  // namespace tocsin
