// Every Wycheproof vector for JWS is run. What we do not implement must be refused with an error of
// its own, and the valid vectors this concerns are listed here with the reason (SEC-27).
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "jose/jws.h"
#include "jose/wycheproof.h"
#include "support/matchers.h"

namespace tocsin::jose {
namespace {

using test::WycheproofVector;

// Wycheproof's tokens are no SETs: any typ.
constexpr HeaderRules any_token{.algorithms = AlgorithmSet::all(), .typ = {}};

KeySet keys_of(const WycheproofVector& vector) {
  const Json* const keys = vector.group.as_object()->find("public");
  return KeySet::from_json(
             test::as_jwks(keys != nullptr ? *keys : *vector.group.as_object()->find("private")))
      .value();
}

Result<void> verdict_of(const WycheproofVector& vector) {
  const Result<Jws> jws = read_jws(vector.token, any_token);
  if (!jws) return jws.error();
  return verify_signature(*jws, keys_of(vector));
}

struct Expected {
  std::set<int> excluded;       // valid, but refused with jose_alg_unsupported
  int verified;                 // valid and accepted
  std::map<Errc, int> refused;  // invalid: how many fail with what
};

void judge(const std::string& file, const Expected& expected) {
  std::set<int> excluded = expected.excluded;
  int verified = 0;
  std::map<Errc, int> refused;
  for (const WycheproofVector& vector : test::read_wycheproof(file)) {
    if (vector.encrypted) continue;  // the combined file; wycheproof_jwe_test.cpp runs those
    SCOPED_TRACE(std::to_string(vector.id) + " " + vector.comment);
    const Result<void> verdict = verdict_of(vector);
    if (!vector.valid) {
      EXPECT_FALSE(verdict);
      if (!verdict) ++refused[verdict.error().code];
    } else if (excluded.erase(vector.id) != 0) {
      EXPECT_THAT(verdict, test::FailsWith(Errc::jose_alg_unsupported));
    } else {
      EXPECT_THAT(verdict, test::Succeeds());
      ++verified;
    }
  }
  EXPECT_EQ(excluded, std::set<int>{}) << "listed, but not among the valid vectors";
  EXPECT_EQ(verified, expected.verified);
  EXPECT_EQ(refused, expected.refused);
}

// Excluded: HS256, which a receiver of SETs never accepts (SEC-21). The two ES512 vectors, 347 and
// 351, are overridden to invalid for the misspelt `alg` of their key.
TEST(WycheproofJws, SEC_27_Signature) {
  judge("json_web_signature_test.json",
        {.excluded = {1, 348, 352, 357, 358, 359, 367, 370, 376, 377},
         .verified = 32,
         .refused = {{Errc::jose_serialization, 24},
                     {Errc::jose_base64url, 14},
                     {Errc::jose_alg, 5},
                     {Errc::jose_alg_unsupported, 8},
                     {Errc::jose_key, 14},
                     {Errc::jose_signature, 294}}});
}

// Excluded: HS256, HS384, HS512.
TEST(WycheproofJws, SEC_27_Key) {
  judge("json_web_key_test.json",
        {.excluded = {2, 13, 14, 15},
         .verified = 1,
         .refused = {{Errc::jose_alg_unsupported, 11}, {Errc::jose_key, 10}}});
}

// Excluded: HS256.
TEST(WycheproofJws, SEC_27_Crypto) {
  judge("json_web_crypto_test.json", {.excluded = {1, 48},
                                      .verified = 2,
                                      .refused = {{Errc::jose_serialization, 24},
                                                  {Errc::jose_alg, 1},
                                                  {Errc::jose_alg_unsupported, 8},
                                                  {Errc::jose_key, 4},
                                                  {Errc::jose_signature, 8}}});
}

}  // namespace
}  // namespace tocsin::jose
