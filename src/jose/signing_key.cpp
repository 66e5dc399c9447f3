#include "jose/signing_key.h"

#include <utility>

#include "base/try.h"
#include "jose/jwk.h"
#include "jose/jws.h"
#include "jose/pem.h"

namespace tocsin {
namespace {

using jose::JwkFindings;
using jose::PkeyPtr;
using jose::PublicMembers;

// Signs and verifies once. Finds halves that do not belong together, and a machine that cannot
// sign, before the first SET does (mint() does not verify its own signature).
Result<void> try_out(const jose::SignatureKey& key, Algorithm algorithm) {
  constexpr std::string_view probe = "Does this key sign what it verifies?";
  const Result<std::string> signature = key.sign(algorithm, probe);
  if (signature && key.verify(algorithm, probe, *signature)) return {};
  return Error(Errc::jwks_key, "the private and the public half do not belong together");
}

Result<std::shared_ptr<const SigningKey::Impl>> make(PkeyPtr key, PublicMembers members,
                                                     Algorithm algorithm, std::string kid) {
  if (!key) return Error(Errc::jwks_key, "OpenSSL does not take the key");
  if (!jose::fits(algorithm, members.type)) {
    return Error(Errc::jwks_key, "the algorithm does not fit the key");
  }
  if (kid.size() > jose::kid_max) return Error(Errc::jwks_key, "kid is longer than 256 octets");
  auto impl = std::make_shared<const SigningKey::Impl>(std::move(key), std::move(members),
                                                       algorithm, std::move(kid));
  TOCSIN_CHECK(try_out(impl->key(), algorithm));
  return std::shared_ptr<const SigningKey::Impl>(std::move(impl));
}

}  // namespace

SigningKey::Impl::Impl(PkeyPtr key, PublicMembers public_members, Algorithm algorithm,
                       std::string kid)
    : key_(std::move(key), public_members.type),
      members_(std::move(public_members)),
      algorithm_(algorithm),
      kid_(kid.empty() ? jose::thumbprint(members_) : std::move(kid)),
      set_header_(jose::encode_header(jose::set_typ, algorithm_, kid_)) {}

Result<SigningKey> SigningKey::generate(Algorithm algorithm, unsigned rsa_bits, std::string kid) {
  const jose::KeyType type = jose::traits(algorithm).key;
  if (type == jose::KeyType::rsa &&
      (rsa_bits < jose::rsa_bits_min || rsa_bits > jose::rsa_bits_max)) {
    return Error(Errc::jwks_key, "an RSA key has 2048 to 8192 bits");
  }
  PkeyPtr key = jose::generate_key(type, rsa_bits);
  std::optional<PublicMembers> members = key ? jose::public_members(key.get()) : std::nullopt;
  if (!members) return Error(Errc::internal_error, "OpenSSL made no key");
  TOCSIN_TRY(auto impl, make(std::move(key), *std::move(members), algorithm, std::move(kid)));
  return SigningKey(std::move(impl));
}

Result<SigningKey> SigningKey::from_jwk(const Json& jwk) {
  const JsonObject* const object = jwk.as_object();
  if (object == nullptr) return Error(Errc::jwks_key, "a JWK is an object");
  Findings found;
  JwkFindings findings{"", found};
  std::optional<std::string> kid;
  std::optional<Algorithm> algorithm;
  std::optional<jose::PrivateMembers> secrets;
  std::optional<PublicMembers> members = jose::read_public_members(*object, findings);
  if (members) {
    secrets = jose::read_private_members(*object, members->type, findings);
    jose::judge_purpose(*object, jose::Purpose::sign, findings);
    jose::read_kid(*object, kid, findings);
    jose::read_signature_alg(*object, members->type, algorithm, findings);
  }
  if (!found.empty()) return to_error(found.front());
  PkeyPtr key = jose::make_private_key(*members, *secrets);
  const Algorithm chosen = algorithm.value_or(jose::default_algorithm(members->type));
  TOCSIN_TRY(auto impl, make(std::move(key), *std::move(members), chosen,
                             std::move(kid).value_or(std::string())));
  return SigningKey(std::move(impl));
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem, std::optional<Algorithm> algorithm,
                                        std::string kid) {
  PkeyPtr key = jose::read_private_pem(pem);
  if (!key) return Error(Errc::jwks_key, "no private key in PEM, or an encrypted one");
  std::optional<PublicMembers> members = jose::public_members(key.get());
  if (!members) return Error(Errc::jwks_key, "the key type or curve is not supported");
  Findings found;
  JwkFindings findings{"", found};
  if (!jose::judge_rsa(*members, findings)) return to_error(found.front());
  const Algorithm chosen = algorithm.value_or(jose::default_algorithm(members->type));
  TOCSIN_TRY(auto impl, make(std::move(key), *std::move(members), chosen, std::move(kid)));
  return SigningKey(std::move(impl));
}

const std::string& SigningKey::kid() const noexcept {
  return impl_->kid();
}

Algorithm SigningKey::algorithm() const noexcept {
  return impl_->algorithm();
}

Json SigningKey::public_jwk() const {
  JsonObject jwk = jose::write_public_members(impl_->public_members());
  jwk.insert_or_assign("kid", kid());
  jwk.insert_or_assign("use", "sig");
  jwk.insert_or_assign("alg", to_string(algorithm()));
  return jwk;
}

std::string SigningKey::public_pem() const {
  return jose::write_public_pem(impl_->key().pkey());
}

Json SigningKey::private_jwk() const {
  Json jwk = public_jwk();
  jose::append_private_members(*jwk.as_object(),
                               jose::private_members(impl_->key().pkey(), impl_->key().type()));
  return jwk;
}

Result<std::string> SigningKey::sign(std::string_view signing_input) const {
  return impl_->key().sign(algorithm(), signing_input);
}

}  // namespace tocsin
