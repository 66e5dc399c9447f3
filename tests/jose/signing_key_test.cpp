#include <gtest/gtest.h>

#include <string>

#include "jose/jws.h"
#include "support/matchers.h"
#include "tocsin/keys.h"

namespace tocsin {
namespace {

using test::FailsWith;
using test::Succeeds;

const SigningKey& rsa_key() {
  static const SigningKey key = SigningKey::generate(Algorithm::RS256).value();
  return key;
}

bool verifies(const SigningKey& signer, const KeySet& keys) {
  const std::string compact = jose::sign_jws(jose::set_typ, "{}", signer).value();
  const auto jws = jose::read_jws(compact, {.algorithms = AlgorithmSet::all()});
  return jws && jose::verify_signature(*jws, keys);
}

Json with(Json jwk, const char* name, Json value) {
  jwk.as_object()->insert_or_assign(name, std::move(value));
  return jwk;
}

Json without(Json jwk, std::initializer_list<const char*> names) {
  for (const char* const name : names) jwk.as_object()->erase(name);
  return jwk;
}

TEST(Algorithm, NamesRoundTripAndEd25519IsEdDsa) {
  for (int i = 0; i < 9; ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    EXPECT_EQ(parse_algorithm(to_string(algorithm)).value(), algorithm);
    EXPECT_TRUE(AlgorithmSet::all().contains(algorithm));
  }
  EXPECT_EQ(parse_algorithm("Ed25519").value(), Algorithm::EdDSA);
  for (const char* const name : {"", "none", "rs256", "RSA1_5", "ed25519", "RS256 "}) {
    EXPECT_THAT(parse_algorithm(name), FailsWith(Errc::jose_alg)) << name;
  }
  for (const char* const name : {"ES512", "ES256K", "Ed448", "HS256", "HS384", "HS512"}) {
    EXPECT_THAT(parse_algorithm(name), FailsWith(Errc::jose_alg_unsupported)) << name;
  }
}

TEST(SigningKey, KY_41_IsNamedByItsThumbprintUnlessANameIsGiven) {
  const SigningKey key = SigningKey::generate(Algorithm::ES256).value();
  EXPECT_EQ(key.kid(), jwk_thumbprint(key.public_jwk()).value());
  EXPECT_EQ(SigningKey::generate(Algorithm::ES256, 0, "mine").value().kid(), "mine");
  EXPECT_THAT(SigningKey::generate(Algorithm::ES256, 0, std::string(257, 'k')),
              FailsWith(Errc::jwks_key));
}

TEST(SigningKey, GeneratesRsaWithinBoundsAndExponent65537) {
  EXPECT_THAT(SigningKey::generate(Algorithm::PS256, 2047), FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::generate(Algorithm::PS256, 8193), FailsWith(Errc::jwks_key));
  EXPECT_EQ(*rsa_key().public_jwk().as_object()->find("e"), Json("AQAB"));
}

TEST(SigningKey, ComesBackFromItsPrivateJwk) {
  for (const Algorithm algorithm : {Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA}) {
    const SigningKey key = SigningKey::generate(algorithm).value();
    const SigningKey again = SigningKey::from_jwk(key.private_jwk()).value();
    EXPECT_EQ(again.private_jwk(), key.private_jwk());
    EXPECT_EQ(again.algorithm(), algorithm);
    EXPECT_TRUE(verifies(again, KeySet::of({key})));
  }
  const SigningKey again = SigningKey::from_jwk(rsa_key().private_jwk()).value();
  EXPECT_EQ(again.private_jwk(), rsa_key().private_jwk());
  EXPECT_TRUE(verifies(again, KeySet::of({rsa_key()})));
}

TEST(SigningKey, SEC_35_ShowsNoPrivateMember) {
  for (const char* const name : {"d", "p", "q", "dp", "dq", "qi", "k"}) {
    EXPECT_EQ(rsa_key().public_jwk().as_object()->find(name), nullptr) << name;
  }
  EXPECT_EQ(rsa_key().public_pem().find("PRIVATE"), std::string::npos);
}

TEST(SigningKey, ChoosesTheAlgorithmByKeyTypeIfTheJwkIsSilent) {
  const auto chosen = [](const SigningKey& key) {
    return SigningKey::from_jwk(without(key.private_jwk(), {"alg"})).value().algorithm();
  };
  EXPECT_EQ(chosen(rsa_key()), Algorithm::RS256);
  EXPECT_EQ(chosen(SigningKey::generate(Algorithm::ES384).value()), Algorithm::ES384);
  EXPECT_EQ(chosen(SigningKey::generate(Algorithm::EdDSA).value()), Algorithm::EdDSA);
}

TEST(SigningKey, LoadsAnRsaKeyWithoutFactorsButNotWithSomeOfThem) {
  const Json bare = without(rsa_key().private_jwk(), {"p", "q", "dp", "dq", "qi"});
  const Result<SigningKey> key = SigningKey::from_jwk(bare);
  ASSERT_THAT(key, Succeeds());
  EXPECT_TRUE(verifies(*key, KeySet::of({rsa_key()})));
  EXPECT_EQ(key->private_jwk(), bare);
  EXPECT_THAT(SigningKey::from_jwk(without(rsa_key().private_jwk(), {"qi"})),
              FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::from_jwk(with(rsa_key().private_jwk(), "oth", JsonArray{})),
              FailsWith(Errc::jwks_key));
}

TEST(SigningKey, IsTriedOutWhenItIsLoaded) {
  const SigningKey other = SigningKey::generate(Algorithm::ES256).value();
  for (const Algorithm algorithm : {Algorithm::ES256, Algorithm::EdDSA}) {
    const Json jwk = SigningKey::generate(algorithm).value().private_jwk();
    EXPECT_THAT(SigningKey::from_jwk(with(jwk, "d", *other.private_jwk().as_object()->find("d"))),
                FailsWith(Errc::jwks_key))
        << "d of another key, " << to_string(algorithm);
  }
  const Json bare = without(rsa_key().private_jwk(), {"p", "q", "dp", "dq", "qi"});
  EXPECT_THAT(SigningKey::from_jwk(with(bare, "d", "Aw")), FailsWith(Errc::jwks_key));
}

TEST(SigningKey, RefusesWhatIsNoPrivateKeyForSigning) {
  const Json jwk = SigningKey::generate(Algorithm::ES256).value().private_jwk();
  EXPECT_THAT(SigningKey::from_jwk(without(jwk, {"d"})), FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::from_jwk(with(jwk, "d", std::string(43, 'A'))), FailsWith(Errc::jwks_key))
      << "zero";
  EXPECT_THAT(SigningKey::from_jwk(with(jwk, "use", "enc")), FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::from_jwk(with(jwk, "key_ops", JsonArray{"verify"})),
              FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::from_jwk(with(jwk, "alg", "ES384")), FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::from_jwk(with(jwk, "alg", "HS256")), FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::from_jwk(JsonArray{jwk}), FailsWith(Errc::jwks_key));
}

// Keys for this test and nothing else, written by `openssl genpkey`, `openssl ecparam -genkey` and
// `openssl pkey -aes256`.
constexpr std::string_view pkcs8_p256 = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgA8/FVgGAi2h2wiYB
AIzdYeA8LIRuftG1spplTVtGX+ShRANCAASncVMzhDDG7s5Rep2fN8dy+kMuwv0n
6FSCNi4qBIbYFSkTqu1NySKS28dZjNslo2NPZv4makJQSL361rjlM+em
-----END PRIVATE KEY-----
)";
constexpr std::string_view traditional_p256 = R"(-----BEGIN EC PARAMETERS-----
BggqhkjOPQMBBw==
-----END EC PARAMETERS-----
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIAPPxVYBgItodsImAQCM3WHgPCyEbn7RtbKaZU1bRl/koAoGCCqGSM49
AwEHoUQDQgAEp3FTM4Qwxu7OUXqdnzfHcvpDLsL9J+hUgjYuKgSG2BUpE6rtTcki
ktvHWYzbJaNjT2b+JmpCUEi9+ta45TPnpg==
-----END EC PRIVATE KEY-----
)";
constexpr std::string_view encrypted_p256 = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjodta38LnyuQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAoO8H+QZjnllnjrvvfk+woEgZB9
00Hyl0/a9M8mjcC+eU6xHVNA6H1IBoDIBqE91YXJoccYTjyMxk3zfrLed0zihkMF
N3xD0f4f5llsc0KOK3OT1FV9Bi/6UtQPN434sMLNV4yNVs+ti0fj5T5M6Hw/Pmd4
Cdm4HOaKLk8ULHk5zNAuU+HE9/qUlUDQUaJbeo6+5iF2ENeVoRbfVJTpKwo4Wls=
-----END ENCRYPTED PRIVATE KEY-----
)";
constexpr std::string_view pkcs8_p521 = R"(-----BEGIN PRIVATE KEY-----
MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBES+94rY0kEM8/h7x
ZNlhldZ7Aw57bcEMtWWaXMM5SmSGR7U3DIWRYgKjrTGAMrQvmUcI+zjZxehiEB87
/JaBiRWhgYkDgYYABAB/vBx3nClqWX4d9bfb9M45k9OsKkSgAckmvBmxtGR50hLh
Y6yjUO33MdLb3C31Tfw6ZmOpvhV8gDU7118obn4TbAGVtKUE/zG9EAEYTPNdVFGs
7mLQGnTWml+4BpfrK2ynK2cutCucLhqUdiOSsXJwF0q/PDPs6KtV5CvbQgwxmyFA
Lg==
-----END PRIVATE KEY-----
)";
constexpr std::string_view public_p256 = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEp3FTM4Qwxu7OUXqdnzfHcvpDLsL9
J+hUgjYuKgSG2BUpE6rtTckiktvHWYzbJaNjT2b+JmpCUEi9+ta45TPnpg==
-----END PUBLIC KEY-----
)";

TEST(SigningKey, ReadsPkcs8AndTraditionalPem) {
  const SigningKey key = SigningKey::from_pem(pkcs8_p256).value();
  EXPECT_EQ(key.algorithm(), Algorithm::ES256);
  EXPECT_EQ(key.public_pem(), public_p256);
  EXPECT_EQ(SigningKey::from_pem(traditional_p256).value().kid(), key.kid());
  EXPECT_EQ(SigningKey::from_pem(pkcs8_p256, Algorithm::ES256, "k").value().kid(), "k");
}

TEST(SigningKey, RefusesPemItCannotUse) {
  EXPECT_THAT(SigningKey::from_pem(encrypted_p256), FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::from_pem(pkcs8_p521), FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::from_pem(public_p256), FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::from_pem(""), FailsWith(Errc::jwks_key));
  EXPECT_THAT(SigningKey::from_pem(pkcs8_p256, Algorithm::RS256), FailsWith(Errc::jwks_key));
}

TEST(KeySet, ReadsAPublicPemUnderItsThumbprint) {
  const SigningKey key = SigningKey::from_pem(pkcs8_p256).value();
  const KeySet keys = KeySet::from_pem(public_p256).value();
  EXPECT_TRUE(keys.has_kid(key.kid()));
  EXPECT_TRUE(verifies(key, keys));
  EXPECT_TRUE(KeySet::from_pem(public_p256, "mine").value().has_kid("mine"));
  EXPECT_THAT(KeySet::from_pem(pkcs8_p256), FailsWith(Errc::jwks_key));
  EXPECT_THAT(KeySet::from_pem("nothing"), FailsWith(Errc::jwks_key));
}

TEST(KeySet, VerifiesAnyRsaAlgorithmWithAPem) {
  const KeySet keys = KeySet::from_pem(rsa_key().public_pem()).value();
  for (const char* const name : {"RS512", "PS256"}) {
    EXPECT_TRUE(
        verifies(SigningKey::from_jwk(with(rsa_key().private_jwk(), "alg", name)).value(), keys));
  }
}

}  // namespace
}  // namespace tocsin
