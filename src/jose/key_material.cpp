#include "jose/key_material.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/assert.h"

namespace tocsin::jose {
namespace {

const char* curve_name(KeyType type) noexcept {
  return type == KeyType::p256 ? "P-256" : "P-384";
}

// Parameters for EVP_PKEY_fromdata. Owns the octets they point to and wipes them at the end.
class KeyParameters {
 public:
  // OpenSSL takes numbers in the byte order of the machine.
  void number(const char* name, std::string_view big_endian) {
    Secret native{std::string(big_endian)};
    if constexpr (std::endian::native == std::endian::little) {
      std::reverse(native.data(), native.data() + native.size());
    }
    kept_.push_back(std::move(native));
    parameters_.push_back(
        OSSL_PARAM_construct_BN(name, octets(kept_.back().data()), kept_.back().size()));
  }

  void octet_string(const char* name, std::string value) {
    kept_.emplace_back(std::move(value));
    parameters_.push_back(
        OSSL_PARAM_construct_octet_string(name, kept_.back().data(), kept_.back().size()));
  }

  void text(const char* name, const char* value) {
    parameters_.push_back(OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(value), 0));
  }

  PkeyPtr make(const char* type, int selection) {
    const ErrorQueueGuard guard;
    parameters_.push_back(OSSL_PARAM_construct_end());
    const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, selection, parameters_.data()) != 1) {
      return nullptr;
    }
    return PkeyPtr(key);
  }

 private:
  static constexpr std::size_t parameters_max = 9;  // eight numbers of RSA and the end
  // Reserved once, so that no octets move from under a parameter.
  std::vector<Secret> kept_ = [] {
    std::vector<Secret> kept;
    kept.reserve(parameters_max);
    return kept;
  }();
  std::vector<OSSL_PARAM> parameters_;
};

void add_public(KeyParameters& parameters, const PublicMembers& members) {
  if (members.type == KeyType::rsa) {
    parameters.number(OSSL_PKEY_PARAM_RSA_N, members.n);
    parameters.number(OSSL_PKEY_PARAM_RSA_E, members.e);
    return;
  }
  parameters.text(OSSL_PKEY_PARAM_GROUP_NAME, curve_name(members.type));
  parameters.octet_string(OSSL_PKEY_PARAM_PUB_KEY, "\x04" + members.x + members.y);
}

// A number of `key` as `size` octets, or as many as it needs if `size` is 0. Empty if it has none.
Secret number_of(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return {};
  const BignumPtr number(raw);
  Secret value(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(number.get())));
  const int length = static_cast<int>(value.size());
  if (BN_bn2binpad(number.get(), octets(value.data()), length) != length) return {};
  return value;
}

std::string public_number_of(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
  return std::string(number_of(key, name, size).view());
}

std::optional<KeyType> type_of(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    const bool two_primes = number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR3).empty();
    return two_primes ? std::optional(KeyType::rsa) : std::nullopt;
  }
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyType::ed25519;
  if (EVP_PKEY_is_a(key, "EC") != 1) return std::nullopt;
  std::array<char, 32> group{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1) return std::nullopt;
  const std::string_view name(group.data(), length);
  if (name == "prime256v1" || name == "P-256") return KeyType::p256;
  if (name == "secp384r1" || name == "P-384") return KeyType::p384;
  return std::nullopt;
}

// OpenSSL derives the public half by itself, so the given one is compared here.
PkeyPtr make_ed25519(const PublicMembers& members, const PrivateMembers& secrets) {
  const ErrorQueueGuard guard;
  PkeyPtr key(EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, octets(secrets.d.view()),
                                              secrets.d.size()));
  const std::optional<PublicMembers> derived = key ? public_members(key.get()) : std::nullopt;
  return derived && derived->x == members.x ? std::move(key) : nullptr;
}

}  // namespace

PkeyPtr make_public_key(const PublicMembers& members) {
  if (members.type == KeyType::ed25519) {
    const ErrorQueueGuard guard;
    return PkeyPtr(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, octets(members.x),
                                                  members.x.size()));
  }
  KeyParameters parameters;
  add_public(parameters, members);
  return parameters.make(members.type == KeyType::rsa ? "RSA" : "EC", EVP_PKEY_PUBLIC_KEY);
}

PkeyPtr make_private_key(const PublicMembers& members, const PrivateMembers& secrets) {
  if (members.type == KeyType::ed25519) {
    return make_ed25519(members, secrets);
  }
  KeyParameters parameters;
  add_public(parameters, members);
  if (members.type != KeyType::rsa) {
    parameters.number(OSSL_PKEY_PARAM_PRIV_KEY, secrets.d.view());
    return parameters.make("EC", EVP_PKEY_KEYPAIR);
  }
  parameters.number(OSSL_PKEY_PARAM_RSA_D, secrets.d.view());
  if (!secrets.p.empty()) {
    parameters.number(OSSL_PKEY_PARAM_RSA_FACTOR1, secrets.p.view());
    parameters.number(OSSL_PKEY_PARAM_RSA_FACTOR2, secrets.q.view());
    parameters.number(OSSL_PKEY_PARAM_RSA_EXPONENT1, secrets.dp.view());
    parameters.number(OSSL_PKEY_PARAM_RSA_EXPONENT2, secrets.dq.view());
    parameters.number(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, secrets.qi.view());
  }
  return parameters.make("RSA", EVP_PKEY_KEYPAIR);
}

PkeyPtr generate_key(KeyType type, unsigned rsa_bits) {
  const ErrorQueueGuard guard;
  switch (type) {
    case KeyType::rsa:
      return PkeyPtr(
          EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(rsa_bits)));
    case KeyType::ed25519:
      return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    default:
      return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve_name(type)));
  }
}

std::optional<PublicMembers> public_members(const EVP_PKEY* key) {
  const ErrorQueueGuard guard;
  const std::optional<KeyType> type = type_of(key);
  if (!type) return std::nullopt;
  PublicMembers members;
  members.type = *type;
  switch (*type) {
    case KeyType::rsa:
      members.n = public_number_of(key, OSSL_PKEY_PARAM_RSA_N);
      members.e = public_number_of(key, OSSL_PKEY_PARAM_RSA_E);
      break;
    case KeyType::ed25519: {
      members.x.resize(coordinate_size(*type));
      std::size_t size = members.x.size();
      if (EVP_PKEY_get_raw_public_key(key, octets(members.x.data()), &size) != 1) {
        return std::nullopt;
      }
      break;
    }
    default:
      members.x = public_number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, coordinate_size(*type));
      members.y = public_number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, coordinate_size(*type));
  }
  return members;
}

PrivateMembers private_members(const EVP_PKEY* key, KeyType type) {
  const ErrorQueueGuard guard;
  PrivateMembers secrets;
  if (type == KeyType::ed25519) {
    secrets.d = Secret(coordinate_size(type));
    std::size_t size = secrets.d.size();
    TOCSIN_ASSERT(EVP_PKEY_get_raw_private_key(key, octets(secrets.d.data()), &size) == 1);
    return secrets;
  }
  if (type != KeyType::rsa) {
    secrets.d = number_of(key, OSSL_PKEY_PARAM_PRIV_KEY, coordinate_size(type));
    return secrets;
  }
  secrets.d = number_of(key, OSSL_PKEY_PARAM_RSA_D);
  secrets.p = number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR1);
  secrets.q = number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR2);
  secrets.dp = number_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT1);
  secrets.dq = number_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT2);
  secrets.qi = number_of(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
  return secrets;
}

}  // namespace tocsin::jose
