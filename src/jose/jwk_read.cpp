#include "jose/jwk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "base/base64url.h"
#include "jose/ecdsa.h"
#include "jose/roca.h"

namespace tocsin::jose {
namespace {

bool has_leading_zero(std::string_view number) noexcept {
  return !number.empty() && number.front() == '\0';
}

bool is_odd(std::string_view number) noexcept {
  return (static_cast<unsigned char>(number.back()) & 1) != 0;
}

std::size_t bits_of(std::string_view number) noexcept {
  return number.size() * 8 -
         static_cast<std::size_t>(std::countl_zero(static_cast<unsigned char>(number.front())));
}

// The string at `name`; null, with a finding, if there is none.
const std::string* read_text(const JsonObject& jwk, std::string_view name, std::string_view section,
                             JwkFindings& findings) {
  const Json* const member = jwk.find(name);
  const std::string* const text = member != nullptr ? member->as_string() : nullptr;
  if (text == nullptr) {
    findings.add(Level::must, name, section,
                 member == nullptr ? "missing" : "a string is expected");
  }
  return text;
}

// The octets at `name`, exactly `size` of them; any number but none if `size` is 0.
std::optional<std::string> read_octets(const JsonObject& jwk, std::string_view name,
                                       std::size_t size, std::string_view section,
                                       JwkFindings& findings) {
  const std::string* const text = read_text(jwk, name, section, findings);
  if (text == nullptr) return std::nullopt;
  Result<std::string> octets = base64url_decode(*text);
  if (!octets) {
    findings.add(Level::must, name, "RFC 7515 2", "not base64url without padding");
    return std::nullopt;
  }
  if (octets->empty() || (size != 0 && octets->size() != size)) {
    findings.add(Level::must, name, section,
                 size != 0 ? "must have exactly " + std::to_string(size) + " octets" : "empty");
    return std::nullopt;
  }
  return std::move(octets).value();
}

std::optional<std::string> read_number(const JsonObject& jwk, std::string_view name,
                                       std::string_view section, JwkFindings& findings) {
  std::optional<std::string> number = read_octets(jwk, name, 0, section, findings);
  if (number && has_leading_zero(*number)) {
    findings.add(Level::must, name, section, "has a leading zero octet");
    return std::nullopt;
  }
  return number;
}

std::optional<PublicMembers> read_rsa(const JsonObject& jwk, JwkFindings& findings) {
  std::optional<std::string> n = read_number(jwk, "n", "RFC 7518 6.3.1.1", findings);
  std::optional<std::string> e = read_number(jwk, "e", "RFC 7518 6.3.1.2", findings);
  if (!n || !e) return std::nullopt;
  PublicMembers members{KeyType::rsa, *std::move(n), *std::move(e), {}, {}};
  if (!judge_rsa(members, findings)) return std::nullopt;
  return members;
}

std::optional<PublicMembers> read_ec(const JsonObject& jwk, JwkFindings& findings) {
  const std::string* const crv = read_text(jwk, "crv", "RFC 7518 6.2.1.1", findings);
  if (crv == nullptr) return std::nullopt;
  if (*crv != "P-256" && *crv != "P-384") {
    findings.add(Level::policy, "crv", "RFC 7518 6.2.1.1", "the curve is not supported");
    return std::nullopt;
  }
  const KeyType type = *crv == "P-256" ? KeyType::p256 : KeyType::p384;
  std::optional<std::string> x =
      read_octets(jwk, "x", coordinate_size(type), "RFC 7518 6.2.1.2", findings);
  std::optional<std::string> y =
      read_octets(jwk, "y", coordinate_size(type), "RFC 7518 6.2.1.3", findings);
  if (!x || !y) return std::nullopt;
  return PublicMembers{type, {}, {}, *std::move(x), *std::move(y)};
}

std::optional<PublicMembers> read_okp(const JsonObject& jwk, JwkFindings& findings) {
  const std::string* const crv = read_text(jwk, "crv", "RFC 8037 2", findings);
  if (crv == nullptr) return std::nullopt;
  if (*crv != "Ed25519") {
    findings.add(Level::policy, "crv", "RFC 8037 2", "the curve is not supported");
    return std::nullopt;
  }
  std::optional<std::string> x =
      read_octets(jwk, "x", coordinate_size(KeyType::ed25519), "RFC 8037 2", findings);
  if (!x) return std::nullopt;
  return PublicMembers{KeyType::ed25519, {}, {}, *std::move(x), {}};
}

struct PurposeTraits {
  std::string_view use;
  std::vector<std::string_view> operations;  // one of them must be in key_ops
};

const PurposeTraits& traits(Purpose purpose) {
  static const std::array<PurposeTraits, 4> table{{
      {"sig", {"sign"}},
      {"sig", {"verify"}},
      {"enc", {"encrypt", "wrapKey", "deriveKey", "deriveBits"}},
      {"enc", {"decrypt", "unwrapKey", "deriveKey", "deriveBits"}},
  }};
  return table[static_cast<std::size_t>(purpose)];
}

bool judge_key_ops(const Json& member, Purpose purpose, JwkFindings& findings) {
  const JsonArray* const operations = member.as_array();
  if (operations == nullptr) {
    findings.add(Level::must, "key_ops", "RFC 7517 4.3", "an array is expected");
    return false;
  }
  bool fitting = false;
  for (auto at = operations->begin(); at != operations->end(); ++at) {
    const std::string* const operation = at->as_string();
    if (operation == nullptr) {
      findings.add(Level::must, "key_ops", "RFC 7517 4.3", "strings are expected");
      return false;
    }
    if (std::find(operations->begin(), at, *at) != at) {
      findings.add(Level::must, "key_ops", "RFC 7517 4.3", "a value occurs twice");
      return false;
    }
    const std::vector<std::string_view>& wanted = traits(purpose).operations;
    fitting |= std::find(wanted.begin(), wanted.end(), *operation) != wanted.end();
  }
  if (!fitting) {
    findings.add(Level::must, "key_ops", "RFC 7517 4.3", "does not allow what the key is for");
  }
  return fitting;
}

}  // namespace

void JwkFindings::add(Level level, std::string_view name, std::string_view section,
                      std::string detail) {
  std::string at = path;
  if (!name.empty()) at.append("/").append(name);
  findings.push_back({Errc::jwks_key, level, std::move(at), section, std::move(detail)});
}

std::optional<PublicMembers> read_public_members(const JsonObject& jwk, JwkFindings& findings) {
  const std::string* const kty = read_text(jwk, "kty", "RFC 7517 4.1", findings);
  if (kty == nullptr) return std::nullopt;
  if (*kty == "RSA") return read_rsa(jwk, findings);
  if (*kty == "EC") return read_ec(jwk, findings);
  if (*kty == "OKP") return read_okp(jwk, findings);
  // KY-05: symmetric keys are for two, and a set is for everybody.
  findings.add(Level::policy, "kty", *kty == "oct" ? "RFC 7517 9.2" : "RFC 7517 5",
               *kty == "oct" ? "a symmetric key" : "the key type is not supported");
  return std::nullopt;
}

std::optional<PrivateMembers> read_private_members(const JsonObject& jwk, KeyType type,
                                                   JwkFindings& findings) {
  const auto secret = [&](std::string_view name, Secret& value) {
    std::optional<std::string> octets =
        type == KeyType::rsa
            ? read_number(jwk, name, "RFC 7518 6.3.2", findings)
            : read_octets(jwk, name, coordinate_size(type), "RFC 7518 6.2.2.1", findings);
    if (octets) value = Secret(*std::move(octets));
    return octets.has_value();
  };
  PrivateMembers secrets;
  if (!secret("d", secrets.d)) return std::nullopt;
  if (type == KeyType::ed25519) return secrets;
  if (type != KeyType::rsa) {
    if (is_scalar(type, secrets.d.view())) return secrets;
    findings.add(Level::must, "d", "RFC 7518 6.2.2.1", "not in 1 .. n-1");
    return std::nullopt;
  }
  if (jwk.find("oth") != nullptr) {
    findings.add(Level::policy, "oth", "RFC 7518 6.3.2.7", "more than two primes");
    return std::nullopt;
  }
  const std::array<std::pair<std::string_view, Secret*>, 5> factors{{{"p", &secrets.p},
                                                                     {"q", &secrets.q},
                                                                     {"dp", &secrets.dp},
                                                                     {"dq", &secrets.dq},
                                                                     {"qi", &secrets.qi}}};
  const bool any = std::any_of(factors.begin(), factors.end(), [&](const auto& factor) {
    return jwk.find(factor.first) != nullptr;
  });
  if (!any) return secrets;
  for (const auto& [name, value] : factors) {
    if (!secret(name, *value)) return std::nullopt;
  }
  return secrets;
}

bool judge_rsa(const PublicMembers& members, JwkFindings& findings) {
  if (members.type != KeyType::rsa) return true;
  const std::size_t bits = bits_of(members.n);
  if (bits < rsa_bits_min || bits > rsa_bits_max) {
    findings.add(bits < rsa_bits_min ? Level::must : Level::policy, "n", "RFC 7518 3.3",
                 std::to_string(bits) + " bits; 2048 to 8192 are accepted");
    return false;
  }
  if (!is_odd(members.n) || has_roca_fingerprint(members.n)) {
    findings.add(Level::policy, "n", "RFC 8725 3.4", "a modulus that is known to be weak");
    return false;
  }
  const bool is_one = members.e.size() == 1 && members.e.front() == '\1';
  if (!is_odd(members.e) || is_one || members.e.size() > rsa_exponent_max) {
    findings.add(Level::policy, "e", "RFC 8725 3.4", "not an odd number from 3 to 2^64");
    return false;
  }
  return true;
}

bool judge_purpose(const JsonObject& jwk, Purpose purpose, JwkFindings& findings) {
  bool fits = true;
  if (const Json* const use = jwk.find("use")) {
    const std::string* const text = use->as_string();
    if (text == nullptr || *text != traits(purpose).use) {
      findings.add(Level::must, "use", "RFC 7517 4.2", "does not allow what the key is for");
      fits = false;
    }
  }
  if (const Json* const key_ops = jwk.find("key_ops")) {
    fits &= judge_key_ops(*key_ops, purpose, findings);
  }
  return fits;
}

bool read_kid(const JsonObject& jwk, std::optional<std::string>& kid, JwkFindings& findings) {
  const Json* const member = jwk.find("kid");
  if (member == nullptr) return true;
  const std::string* const text = member->as_string();
  if (text == nullptr || text->size() > kid_max) {
    findings.add(text == nullptr ? Level::must : Level::policy, "kid", "RFC 7517 4.5",
                 text == nullptr ? "a string is expected" : "longer than 256 octets");
    return false;
  }
  kid = *text;
  return true;
}

bool read_signature_alg(const JsonObject& jwk, KeyType type, std::optional<Algorithm>& algorithm,
                        JwkFindings& findings) {
  const Json* const member = jwk.find("alg");
  if (member == nullptr) return true;
  const std::string* const name = member->as_string();
  if (name == nullptr) {
    findings.add(Level::must, "alg", "RFC 7517 4.4", "a string is expected");
    return false;
  }
  const Result<Algorithm> parsed = parse_algorithm(*name);
  if (!parsed || !fits(*parsed, type)) {
    findings.add(parsed ? Level::must : Level::policy, "alg",
                 parsed && type != KeyType::rsa ? "RFC 7518 3.4" : "RFC 7517 4.4",
                 parsed ? "does not fit the key" : "not an algorithm we verify with");
    return false;
  }
  algorithm = *parsed;
  return true;
}

}  // namespace tocsin::jose
