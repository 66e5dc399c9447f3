// Writing JWKs, and the thumbprint that is made of a written one.
#include <array>
#include <span>
#include <utility>

#include "base/base64url.h"
#include "jose/digest.h"
#include "jose/jwk.h"

namespace tocsin {
namespace jose {

JsonObject write_public_members(const PublicMembers& members) {
  switch (members.type) {
    case KeyType::rsa:
      return {
          {"kty", "RSA"}, {"n", base64url_encode(members.n)}, {"e", base64url_encode(members.e)}};
    case KeyType::ed25519:
      return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", base64url_encode(members.x)}};
    default:
      return {{"kty", "EC"},
              {"crv", members.type == KeyType::p256 ? "P-256" : "P-384"},
              {"x", base64url_encode(members.x)},
              {"y", base64url_encode(members.y)}};
  }
}

void append_private_members(JsonObject& jwk, const PrivateMembers& secrets) {
  const auto append = [&jwk](std::string name, const Secret& value) {
    if (!value.empty()) jwk.insert_or_assign(std::move(name), base64url_encode(value.view()));
  };
  append("d", secrets.d);
  append("p", secrets.p);
  append("q", secrets.q);
  append("dp", secrets.dp);
  append("dq", secrets.dq);
  append("qi", secrets.qi);
}

std::string thumbprint(const PublicMembers& members) {
  return jwk_thumbprint(write_public_members(members)).value();
}

}  // namespace jose
namespace {

// RFC 7638 3.2, RFC 8037 2: the members that make the key, in the order of their names. Nothing
// for a symmetric key, whose thumbprint would give it away.
std::span<const char* const> thumbprint_members(const Json& jwk) {
  static constexpr std::array<const char*, 3> rsa{"e", "kty", "n"};
  static constexpr std::array<const char*, 4> ec{"crv", "kty", "x", "y"};
  static constexpr std::array<const char*, 3> okp{"crv", "kty", "x"};
  const JsonObject* const object = jwk.as_object();
  const Json* const kty = object != nullptr ? object->find("kty") : nullptr;
  if (kty == nullptr) return {};
  if (*kty == Json("RSA")) return rsa;
  if (*kty == Json("EC")) return ec;
  if (*kty == Json("OKP")) return okp;
  return {};
}

}  // namespace

Result<std::string> jwk_thumbprint(const Json& jwk) {
  const std::span<const char* const> names = thumbprint_members(jwk);
  if (names.empty()) return Error(Errc::jwks_key, "no kty that has a thumbprint");
  JsonObject required;
  for (const char* const name : names) {
    const Json* const member = jwk.as_object()->find(name);
    if (member == nullptr || member->as_string() == nullptr) {
      return Error(Errc::jwks_key, std::string("no string at ") + name);
    }
    required.insert_or_assign(name, *member);
  }
  return base64url_encode(as_text(sha256(to_text(required))));
}

}  // namespace tocsin
