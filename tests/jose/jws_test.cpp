#include "jose/jws.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "base/base64url.h"
#include "jose/signature_key.h"
#include "jose/signing_key.h"
#include "support/matchers.h"

namespace tocsin::jose {
namespace {

using test::FailsWith;
using test::Succeeds;

constexpr Algorithm every_algorithm[] = {Algorithm::RS256, Algorithm::RS384, Algorithm::RS512,
                                         Algorithm::PS256, Algorithm::PS384, Algorithm::PS512,
                                         Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA};

const SigningKey& es256_key() {
  static const SigningKey key = SigningKey::generate(Algorithm::ES256).value();
  return key;
}

// One RSA key for all tests: making one is slow.
const SigningKey& rsa_key(Algorithm algorithm) {
  static const Json jwk = SigningKey::generate(Algorithm::RS256).value().private_jwk();
  static std::vector<std::pair<Algorithm, SigningKey>> keys;
  for (const auto& [made, key] : keys) {
    if (made == algorithm) return key;
  }
  Json changed = jwk;
  changed.as_object()->insert_or_assign("alg", to_string(algorithm));
  keys.emplace_back(algorithm, SigningKey::from_jwk(changed).value());
  return keys.back().second;
}

SigningKey key_for(Algorithm algorithm) {
  if (fits(algorithm, KeyType::rsa)) return rsa_key(algorithm);
  return SigningKey::generate(algorithm).value();
}

std::string token(std::string_view header, std::string_view payload, const SigningKey& key) {
  std::string compact = base64url_encode(header) + "." + base64url_encode(payload);
  const std::string signature = key.sign(compact).value();
  return compact + "." + base64url_encode(signature);
}

Result<void> check(std::string_view compact, const KeySet& keys,
                   AlgorithmSet algorithms = AlgorithmSet::all()) {
  const Result<Jws> jws = read_jws(compact, {.algorithms = algorithms});
  if (!jws) return jws.error();
  return verify_signature(*jws, keys);
}

TEST(SplitJws, JW_01_TakesExactlyThreeSegments) {
  EXPECT_THAT(split_jws("a.b.c"), Succeeds());
  EXPECT_THAT(split_jws("a.."), Succeeds());
  for (const char* const text : {"", "a", "a.b", "a.b.c.d", ".b.c", "....", "..", "{}"}) {
    EXPECT_THAT(split_jws(text), FailsWith(Errc::jose_serialization)) << text;
  }
  EXPECT_TRUE(is_jwe_shaped("a.b.c.d.e"));
  EXPECT_FALSE(is_jwe_shaped("a.b.c"));
}

TEST(SplitJws, SEC_20_LooksAtTheSizeFirst) {
  EXPECT_THAT(split_jws(std::string(compact_max + 1, '.')), FailsWith(Errc::json_limits));
  EXPECT_THAT(split_jws(std::string(compact_max, '.')), FailsWith(Errc::jose_serialization));
}

TEST(ReadJws, SEC_20_ReportsTheEarliestDefectOfSeveral) {
  const std::string bad_header = base64url_encode("{");
  const std::string bad_alg = base64url_encode(R"({"alg":"none","typ":"JWT","crit":[]})");
  const HeaderRules rules{.algorithms = {Algorithm::ES256}};
  EXPECT_THAT(read_jws(bad_header + ".=.=.=", rules), FailsWith(Errc::jose_serialization));
  EXPECT_THAT(read_jws(bad_header + ".=.", rules), FailsWith(Errc::jose_base64url));
  EXPECT_THAT(read_jws(bad_header + "..=", rules), FailsWith(Errc::jose_base64url));
  EXPECT_THAT(read_jws(bad_header + "..", rules), FailsWith(Errc::json_syntax));
  EXPECT_THAT(read_jws(bad_alg + "..", rules), FailsWith(Errc::jose_alg));
}

TEST(SignJws, RoundTripsWithEveryAlgorithm) {
  for (const Algorithm algorithm : every_algorithm) {
    SCOPED_TRACE(to_string(algorithm));
    const SigningKey key = key_for(algorithm);
    const std::string compact = sign_jws(set_typ, "payload", key).value();
    const Result<Jws> jws = read_jws(compact, {.algorithms = {algorithm}});
    ASSERT_THAT(jws, Succeeds());
    EXPECT_EQ(jws->payload, "payload");
    EXPECT_EQ(jws->algorithm, algorithm);
    EXPECT_EQ(jws->kid, key.kid());
    EXPECT_THAT(verify_signature(*jws, KeySet::of({key})), Succeeds());
  }
}

TEST(SignJws, MK_01_WritesExactlyTypAlgAndKid) {
  const SigningKey key = SigningKey::generate(Algorithm::ES256, 0, "k\"1").value();
  const std::string compact = sign_jws(set_typ, "", key).value();
  EXPECT_EQ(base64url_decode(split_jws(compact)->header).value(),
            R"({"typ":"secevent+jwt","alg":"ES256","kid":"k\"1"})");
  const std::string other = sign_jws("at+jwt", "", key).value();
  EXPECT_EQ(base64url_decode(split_jws(other)->header).value(),
            R"({"typ":"at+jwt","alg":"ES256","kid":"k\"1"})");
}

TEST(VerifySignature, RefusesEveryChangedByteAndEveryOtherLength) {
  for (const Algorithm algorithm : every_algorithm) {
    SCOPED_TRACE(to_string(algorithm));
    const SigningKey key = key_for(algorithm);
    const KeySet keys = KeySet::of({key});
    const std::string compact = sign_jws(set_typ, "payload", key).value();
    Jws jws = read_jws(compact, {.algorithms = {algorithm}}).value();
    const std::string good = jws.signature;
    for (const std::size_t at : {std::size_t{0}, good.size() / 2, good.size() - 1}) {
      jws.signature = good;
      jws.signature[at] = static_cast<char>(jws.signature[at] ^ 1);
      EXPECT_THAT(verify_signature(jws, keys), FailsWith(Errc::jose_signature)) << at;
    }
    for (const std::string& wrong :
         {std::string(), good.substr(1), good.substr(0, good.size() - 1), good + '\0', '\0' + good,
          std::string(good.size(), '\0'), std::string(good.size(), '\xff')}) {
      jws.signature = wrong;
      EXPECT_THAT(verify_signature(jws, keys), FailsWith(Errc::jose_signature));
    }
    jws.signature = good;
    EXPECT_THAT(verify_signature(jws, keys), Succeeds());
    jws.signing_input.remove_suffix(1);
    EXPECT_THAT(verify_signature(jws, keys), FailsWith(Errc::jose_signature));
  }
}

// Covers: A-36.
TEST(VerifySignature, SEC_21_NeverTakesAPublicKeyForASecret) {
  const std::string header = R"({"typ":"secevent+jwt","alg":"HS256"})";
  EXPECT_THAT(check(token(header, "{}", es256_key()), KeySet::of({es256_key()})),
              FailsWith(Errc::jose_alg_unsupported));
}

TEST(VerifySignature, SEC_21_RefusesAKeyOfAnotherFamilyUnderTheSameKid) {
  const KeySet keys = KeySet::of({rsa_key(Algorithm::RS256)});
  const std::string header =
      R"({"typ":"secevent+jwt","alg":"ES256","kid":")" + rsa_key(Algorithm::RS256).kid() + "\"}";
  EXPECT_THAT(check(token(header, "{}", es256_key()), keys), FailsWith(Errc::jose_key));
}

TEST(VerifySignature, AL_03_ComparesTheAlgOfTheKey) {
  const std::string compact = sign_jws(set_typ, "{}", rsa_key(Algorithm::PS256)).value();
  EXPECT_THAT(check(compact, KeySet::of({rsa_key(Algorithm::PS256)})), Succeeds());
  EXPECT_THAT(check(compact, KeySet::of({rsa_key(Algorithm::RS256)})), FailsWith(Errc::jose_key));
}

TEST(VerifySignature, KY_12_RefusesAKidThatTwoFittingKeysShare) {
  const SigningKey first = SigningKey::generate(Algorithm::ES256, 0, "same").value();
  const SigningKey second = SigningKey::generate(Algorithm::ES256, 0, "same").value();
  const SigningKey of_other_type = SigningKey::generate(Algorithm::EdDSA, 0, "same").value();
  const std::string compact = sign_jws(set_typ, "{}", first).value();
  EXPECT_THAT(check(compact, KeySet::of({first, second})), FailsWith(Errc::jose_key));
  EXPECT_THAT(check(compact, KeySet::of({of_other_type, first})), Succeeds());
}

TEST(VerifySignature, KY_13_TriesEightKeysForATokenWithoutKid) {
  const std::string compact = token(R"({"typ":"secevent+jwt","alg":"ES256"})", "{}", es256_key());
  std::vector<SigningKey> keys;
  EXPECT_THAT(check(compact, KeySet::of(keys)), FailsWith(Errc::jose_key));
  for (int i = 0; i < 7; ++i) keys.push_back(SigningKey::generate(Algorithm::ES256).value());
  EXPECT_THAT(check(compact, KeySet::of(keys)), FailsWith(Errc::jose_signature));
  keys.push_back(es256_key());
  EXPECT_THAT(check(compact, KeySet::of(keys)), Succeeds());
  keys.insert(keys.begin(), SigningKey::generate(Algorithm::EdDSA).value());
  EXPECT_THAT(check(compact, KeySet::of(keys)), Succeeds()) << "keys that do not fit count not";
  keys.insert(keys.begin(), SigningKey::generate(Algorithm::ES256).value());
  EXPECT_THAT(check(compact, KeySet::of(keys)), FailsWith(Errc::jose_signature));
}

TEST(VerifySignature, SEC_27_RefusesPsychicSignatures) {
  const std::string compact = sign_jws(set_typ, "{}", es256_key()).value();
  Jws jws = read_jws(compact, {.algorithms = {Algorithm::ES256}}).value();
  const std::string r = jws.signature.substr(0, 32);
  const std::string s = jws.signature.substr(32);
  const std::string zero(32, '\0');
  for (const std::string& psychic : {zero + zero, r + zero, zero + s}) {
    jws.signature = psychic;
    EXPECT_THAT(verify_signature(jws, KeySet::of({es256_key()})), FailsWith(Errc::jose_signature));
  }
}

TEST(VerifySignature, LeavesNoErrorBehindForTheNextUserOfOpenSsl) {
  const std::string compact = sign_jws(set_typ, "{}", rsa_key(Algorithm::RS256)).value();
  Jws jws = read_jws(compact, {.algorithms = {Algorithm::RS256}}).value();
  jws.signature[5] = static_cast<char>(jws.signature[5] ^ 1);
  EXPECT_THAT(verify_signature(jws, KeySet::of({rsa_key(Algorithm::RS256)})),
              FailsWith(Errc::jose_signature));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(SignatureKey, SwitchesBetweenTheAlgorithmsOfOneRsaKey) {
  const SignatureKey& key = rsa_key(Algorithm::RS256).impl().key();
  const std::string pkcs1 = key.sign(Algorithm::RS256, "text").value();
  const std::string pss = key.sign(Algorithm::PS512, "text").value();
  for (int round = 0; round < 3; ++round) {
    EXPECT_THAT(key.verify(Algorithm::RS256, "text", pkcs1), Succeeds());
    EXPECT_THAT(key.verify(Algorithm::PS512, "text", pss), Succeeds());
    EXPECT_THAT(key.verify(Algorithm::PS256, "text", pss), FailsWith(Errc::jose_signature));
    EXPECT_THAT(key.verify(Algorithm::ES256, "text", pss), FailsWith(Errc::jose_key));
    EXPECT_EQ(key.sign(Algorithm::RS256, "text").value(), pkcs1);
  }
}

TEST(SignatureKey, MayBeUsedByMoreThreadsThanItKeepsContexts) {
  const std::size_t threads_count = IdlePool<int>::kept_max + 4;
  const SigningKey& key = es256_key();
  const KeySet keys = KeySet::of({key});
  std::vector<std::thread> threads;
  std::vector<int> verified(threads_count);
  for (std::size_t i = 0; i < threads_count; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        const std::string compact = sign_jws(set_typ, std::to_string(i), key).value();
        if (check(compact, keys)) ++verified[i];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(verified, std::vector<int>(threads_count, 20));
}

TEST(IdlePool, KeepsABoundedNumberOfObjects) {
  IdlePool<int> pool;
  EXPECT_EQ(pool.take(), nullptr);
  for (std::size_t i = 0; i < 2 * IdlePool<int>::kept_max; ++i) {
    pool.give_back(std::make_unique<int>(static_cast<int>(i)));
  }
  std::vector<std::unique_ptr<int>> taken;
  while (std::unique_ptr<int> object = pool.take()) taken.push_back(std::move(object));
  EXPECT_EQ(taken.size(), IdlePool<int>::kept_max);
}

}  // namespace
}  // namespace tocsin::jose
