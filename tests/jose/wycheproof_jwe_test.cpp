// Every Wycheproof vector for JWE is run. What we do not implement must be refused with an error of
// its own before any key is looked at, and the valid vectors this concerns are listed here.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "jose/jwe.h"
#include "jose/wycheproof.h"
#include "support/matchers.h"

namespace tocsin::jose {
namespace {

using test::WycheproofVector;

std::string hex(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char octet : octets) {
    text += digits[static_cast<unsigned char>(octet) >> 4];
    text += digits[static_cast<unsigned char>(octet) & 15];
  }
  return text;
}

// Keys for algorithms we lack, or too short, do not load: their tokens must fail all the same.
DecryptionKeySet::Impl keys_of(const WycheproofVector& vector) {
  DecryptionKeySet::Impl keys;
  const Json jwks = test::as_jwks(*vector.group.as_object()->find("private"));
  for (const Json& jwk : *jwks.as_object()->find("keys")->as_array()) {
    if (Result<DecryptionKey> key = read_decryption_key(jwk)) {
      keys.keys.push_back(std::move(key).value());
    }
  }
  return keys;
}

// Valid vectors that are refused with jose_alg_unsupported, and why.
const std::map<std::string, std::set<int>> excluded_from_encryption{
    // A secret shared by both ends would let a receiver of SETs make them.
    {"dir", {132}},
    {"AxxxKW", {1, 23, 28, 29, 30, 31, 32, 69, 70, 134}},
    {"AxxxGCMKW", {71, 72, 73, 74, 75, 133}},
    // One method per kind of key is enough: the strongest of each is there.
    {"RSA-OAEP, whose hash is SHA-1", {82, 83, 84, 85, 86, 87, 129}},
    {"ECDH-ES+A128KW", {33, 34, 35, 52, 53, 54, 55, 56, 57, 58, 59, 130}},
    {"ECDH-ES+A192KW", {60, 61}},
    {"enc A128GCM, A192GCM, A192CBC-HS384, A256CBC-HS512",
     {62, 68, 76, 77, 80, 81, 88, 89, 92, 93, 121}},
};
const std::map<std::string, std::set<int>> excluded_from_crypto{
    {"AxxxKW", {50}},
    {"ECDH-ES+A128KW", {67}},
};

struct Expected {
  std::map<std::string, std::set<int>> excluded;
  std::set<int> decrypted;
  std::map<Errc, int> refused;  // invalid vectors: how many fail with what
};

void judge(const std::string& file, const Expected& expected) {
  std::set<int> excluded;
  for (const auto& [reason, ids] : expected.excluded) excluded.insert(ids.begin(), ids.end());
  std::set<int> decrypted;
  std::map<Errc, int> refused;
  for (const WycheproofVector& vector : test::read_wycheproof(file)) {
    if (!vector.encrypted) continue;
    SCOPED_TRACE(std::to_string(vector.id) + " " + vector.comment);
    // Wycheproof's plaintexts are no tokens.
    const Result<std::string> plaintext =
        keys_of(vector).decrypt(vector.token, JweRules{.carries_jwt = false});
    if (!vector.valid) {
      EXPECT_FALSE(plaintext);
      if (!plaintext) ++refused[plaintext.error().code];
    } else if (excluded.erase(vector.id) != 0) {
      EXPECT_THAT(plaintext, test::FailsWith(Errc::jose_alg_unsupported));
    } else {
      ASSERT_THAT(plaintext, test::Succeeds());
      EXPECT_EQ(hex(*plaintext), vector.plaintext);
      decrypted.insert(vector.id);
    }
  }
  EXPECT_EQ(excluded, std::set<int>{}) << "listed, but not among the valid vectors";
  EXPECT_EQ(decrypted, expected.decrypted);
  EXPECT_EQ(refused, expected.refused);
}

TEST(WycheproofJwe, SEC_26_Encryption) {
  judge("json_web_encryption_test.json", {.excluded = excluded_from_encryption,
                                          .decrypted = {66, 67, 78, 79, 90, 91, 131},
                                          .refused = {{Errc::jose_serialization, 13},
                                                      {Errc::jose_base64url, 2},
                                                      {Errc::jose_alg, 1},
                                                      {Errc::jose_alg_unsupported, 67}}});
}

TEST(WycheproofJwe, SEC_26_Crypto) {
  judge("json_web_crypto_test.json", {.excluded = excluded_from_crypto,
                                      .decrypted = {},
                                      .refused = {{Errc::jose_serialization, 13},
                                                  {Errc::jose_alg, 1},
                                                  {Errc::jose_alg_unsupported, 18}}});
}

}  // namespace
}  // namespace tocsin::jose
