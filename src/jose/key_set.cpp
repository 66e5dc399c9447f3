#include "jose/key_set.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "jose/pem.h"
#include "jose/signing_key.h"

namespace tocsin {
namespace jose {
namespace {

// RFC 7517 9.2, KY-05: whoever publishes one of these has lost the key.
bool judge_published(const JsonObject& jwk, JwkFindings& findings) {
  const Json* const kty = jwk.find("kty");
  if (kty != nullptr && *kty == Json("oct")) return true;  // refused for its kty already
  for (const char* const name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    if (jwk.find(name) == nullptr) continue;
    findings.add(Level::policy, name, "RFC 7517 9.2", "a private member in a published key");
    return false;
  }
  return true;
}

std::string path_of(std::size_t index) {
  return "/keys/" + std::to_string(index);
}

// KY-12: keys that no token could tell apart.
bool are_ambiguous(const VerificationKey& a, const VerificationKey& b) noexcept {
  return a.kid && a.kid == b.kid && a.members.type == b.members.type &&
         (!a.algorithm || !b.algorithm || *a.algorithm == *b.algorithm);
}

std::string kid_of(const Json& jwk) {
  const Json* const kid = jwk.as_object()->find("kid");
  const std::string* const text = kid != nullptr ? kid->as_string() : nullptr;
  return text != nullptr ? text->substr(0, kid_max) : std::string();
}

}  // namespace

const JsonArray* read_jwks_structure(const Json& jwks, Findings& findings) {
  const auto refuse = [&findings](std::string path, std::string detail) {
    findings.push_back(
        {Errc::jwks_structure, Level::must, std::move(path), "RFC 7517 5.1", std::move(detail)});
    return nullptr;
  };
  if (jwks.as_object() == nullptr) return refuse("", "not an object");
  const Json* const member = jwks.as_object()->find("keys");
  if (member == nullptr) return refuse("/keys", "missing");
  const JsonArray* const keys = member->as_array();
  if (keys == nullptr) return refuse("/keys", "an array is expected");
  for (std::size_t i = 0; i < keys->size(); ++i) {
    if ((*keys)[i].as_object() == nullptr) return refuse(path_of(i), "not an object");
  }
  return keys;
}

std::optional<VerificationKey> read_verification_key(const Json& jwk, std::string path,
                                                     Findings& found) {
  const JsonObject& object = *jwk.as_object();
  JwkFindings findings{std::move(path), found};
  bool usable = judge_published(object, findings);
  usable &= judge_purpose(object, Purpose::verify, findings);
  VerificationKey key;
  usable &= read_kid(object, key.kid, findings);
  std::optional<PublicMembers> members = read_public_members(object, findings);
  if (!members || !read_signature_alg(object, members->type, key.algorithm, findings) || !usable) {
    return std::nullopt;
  }
  PkeyPtr pkey = make_public_key(*members);
  if (!pkey) {
    findings.add(Level::policy, "", "RFC 8725 3.4", "the point is not on the curve");
    return std::nullopt;
  }
  key.key = std::make_shared<const SignatureKey>(std::move(pkey), members->type);
  key.members = *std::move(members);
  return key;
}

Findings lint_jwks(const Json& jwks) {
  Findings findings;
  const JsonArray* const keys = read_jwks_structure(jwks, findings);
  if (keys == nullptr) return findings;
  std::vector<VerificationKey> usable;
  for (std::size_t i = 0; i < keys->size(); ++i) {
    std::optional<VerificationKey> key = read_verification_key((*keys)[i], path_of(i), findings);
    if (!key) continue;
    if (std::any_of(usable.begin(), usable.end(),
                    [&](const VerificationKey& other) { return are_ambiguous(*key, other); })) {
      findings.push_back({Errc::jwks_structure, Level::should, path_of(i) + "/kid", "RFC 7517 4.5",
                          "another key of the same kind has this kid"});
    }
    usable.push_back(*std::move(key));
  }
  return findings;
}

}  // namespace jose

Result<void> KeySet::Impl::verify(Algorithm algorithm, std::optional<std::string_view> kid,
                                  std::string_view input, std::string_view signature) const {
  if (!kid) return try_all(algorithm, input, signature);
  const jose::SignatureKey* chosen = nullptr;
  for (const jose::VerificationKey& key : keys) {
    if (key.kid != kid || !key.may_verify(algorithm)) continue;
    if (chosen != nullptr) return Error(Errc::jose_key, "several keys have this kid");
    chosen = key.key.get();
  }
  if (chosen == nullptr) return Error(Errc::jose_key, "no key has this kid and algorithm");
  return chosen->verify(algorithm, input, signature);
}

Result<void> KeySet::Impl::try_all(Algorithm algorithm, std::string_view input,
                                   std::string_view signature) const {
  Result<void> verdict = Error(Errc::jose_key, "no key has this algorithm");
  std::size_t tried = 0;
  for (const jose::VerificationKey& key : keys) {
    if (!key.may_verify(algorithm)) continue;
    if (tried++ == jose::keys_tried_max) break;
    verdict = key.key->verify(algorithm, input, signature);
    if (verdict || verdict.error().code != Errc::jose_signature) break;
  }
  return verdict;
}

KeySet::KeySet() {
  static const auto nothing = std::make_shared<const Impl>();
  impl_ = nothing;
}

Result<KeySet> KeySet::parse(std::string_view jwks) {
  JsonLimits limits;
  limits.text_max = jose::jwks_text_max;
  TOCSIN_TRY(const Json document, parse_json(jwks, limits));
  return from_json(document);
}

Result<KeySet> KeySet::from_json(const Json& jwks) {
  Findings findings;
  const JsonArray* const documents = jose::read_jwks_structure(jwks, findings);
  if (documents == nullptr) return to_error(findings.front());
  auto impl = std::make_shared<Impl>();
  for (std::size_t i = 0; i < documents->size(); ++i) {
    const Json& document = (*documents)[i];
    if (i == jose::jwks_keys_max) {
      impl->skipped.push_back({i, jose::kid_of(document),
                               Error(Errc::jwks_key, "this and the following are too many")});
      break;
    }
    findings.clear();
    if (auto key = jose::read_verification_key(document, jose::path_of(i), findings)) {
      impl->keys.push_back(*std::move(key));
    } else {
      impl->skipped.push_back({i, jose::kid_of(document), to_error(findings.front())});
    }
  }
  return KeySet(std::move(impl));
}

Result<KeySet> KeySet::from_pem(std::string_view pem, std::string kid) {
  jose::PkeyPtr pkey = jose::read_public_pem(pem);
  if (!pkey) return Error(Errc::jwks_key, "no public key in PEM");
  std::optional<jose::PublicMembers> members = jose::public_members(pkey.get());
  if (!members) return Error(Errc::jwks_key, "the key type or curve is not supported");
  Findings found;
  jose::JwkFindings findings{"", found};
  if (!jose::judge_rsa(*members, findings)) return to_error(found.front());
  if (kid.empty()) kid = jose::thumbprint(*members);
  if (kid.size() > jose::kid_max) return Error(Errc::jwks_key, "kid is longer than 256 octets");
  auto impl = std::make_shared<Impl>();
  auto key = std::make_shared<const jose::SignatureKey>(std::move(pkey), members->type);
  impl->keys.push_back({std::move(kid), std::nullopt, *std::move(members), std::move(key)});
  return KeySet(std::move(impl));
}

KeySet KeySet::of(const std::vector<SigningKey>& keys) {
  auto impl = std::make_shared<Impl>();
  for (const SigningKey& key : keys) {
    const jose::PublicMembers& members = key.impl().public_members();
    auto verifier =
        std::make_shared<const jose::SignatureKey>(jose::make_public_key(members), members.type);
    impl->keys.push_back({key.kid(), key.algorithm(), members, std::move(verifier)});
  }
  return KeySet(std::move(impl));
}

bool KeySet::empty() const noexcept {
  return impl_->keys.empty();
}

std::size_t KeySet::size() const noexcept {
  return impl_->keys.size();
}

const std::vector<KeySet::Skipped>& KeySet::skipped() const noexcept {
  return impl_->skipped;
}

bool KeySet::has_kid(std::string_view kid) const noexcept {
  return std::any_of(impl_->keys.begin(), impl_->keys.end(),
                     [kid](const jose::VerificationKey& key) { return key.kid == kid; });
}

Json KeySet::to_jwks() const {
  JsonArray documents;
  for (const jose::VerificationKey& key : impl_->keys) {
    JsonObject jwk = jose::write_public_members(key.members);
    if (key.kid) jwk.insert_or_assign("kid", *key.kid);
    jwk.insert_or_assign("use", "sig");
    if (key.algorithm) jwk.insert_or_assign("alg", to_string(*key.algorithm));
    documents.emplace_back(std::move(jwk));
  }
  return JsonObject{{"keys", std::move(documents)}};
}

}  // namespace tocsin
