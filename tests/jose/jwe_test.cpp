#include "jose/jwe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <vector>

#include "base/base64url.h"
#include "support/matchers.h"

namespace tocsin::jose {
namespace {

using test::FailsWith;
using test::Succeeds;

constexpr std::string_view jws = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln";

Json with(Json object, const char* name, Json value) {
  object.as_object()->insert_or_assign(name, std::move(value));
  return object;
}

// Makes the key of a signing algorithm one for encryption.
Json encryption_jwk(Algorithm algorithm, const char* kid) {
  Json jwk = SigningKey::generate(algorithm, 2048, kid).value().private_jwk();
  jwk.as_object()->erase("alg");
  return with(std::move(jwk), "use", "enc");
}

struct Recipient {
  Json jwk;
  const char* alg;
};

const Recipient& rsa() {
  static const Recipient recipient{encryption_jwk(Algorithm::RS256, "rsa"), "RSA-OAEP-256"};
  return recipient;
}
const Recipient& ec() {
  static const Recipient recipient{encryption_jwk(Algorithm::ES256, "ec"), "ECDH-ES"};
  return recipient;
}
const Recipient& ec_wrapped() {
  static const Recipient recipient{ec().jwk, "ECDH-ES+A256KW"};
  return recipient;
}
const Recipient& ec384() {
  static const Recipient recipient{encryption_jwk(Algorithm::ES384, "ec384"), "ECDH-ES"};
  return recipient;
}

const Recipient* const every_recipient[] = {&rsa(), &ec(), &ec_wrapped(), &ec384()};
constexpr const char* every_encryption[] = {"A256GCM", "A128CBC-HS256"};

Json set_of(JsonArray keys) {
  return JsonObject{{"keys", std::move(keys)}};
}

DecryptionKeySet keys_of(const Recipient& recipient) {
  return DecryptionKeySet::from_json(set_of({recipient.jwk})).value();
}

std::string encrypted(const Recipient& recipient, const char* enc = "A256GCM") {
  return encrypt(jws, recipient.jwk, recipient.alg, enc).value();
}

std::array<std::string, 5> segments_of(const std::string& compact) {
  std::array<std::string, 5> segments;
  std::size_t at = 0;
  for (const char c : compact) {
    if (c == '.') {
      ++at;
    } else {
      segments.at(at) += c;
    }
  }
  return segments;
}

std::string joined(const std::array<std::string, 5>& segments) {
  return segments[0] + "." + segments[1] + "." + segments[2] + "." + segments[3] + "." +
         segments[4];
}

// The token with another octet string in segment `index`.
template <class Change>
std::string changed(const std::string& compact, std::size_t index, Change change) {
  std::array<std::string, 5> segments = segments_of(compact);
  std::string octets = base64url_decode(segments.at(index)).value();
  change(octets);
  segments.at(index) = base64url_encode(octets);
  return joined(segments);
}

// The token with another value for one header member; the header is authenticated, so at the
// latest the tag fails.
std::string with_header(const std::string& compact, const char* name, Json value) {
  return changed(compact, 0, [&](std::string& header) {
    header = to_text(with(parse_json(header).value(), name, std::move(value)));
  });
}

std::string without_header(const std::string& compact, const char* name) {
  return changed(compact, 0, [&](std::string& header) {
    Json json = parse_json(header).value();
    json.as_object()->erase(name);
    header = to_text(json);
  });
}

void flip_first(std::string& octets) {
  octets.front() = static_cast<char>(octets.front() ^ 1);
}
void flip_last(std::string& octets) {
  octets.back() = static_cast<char>(octets.back() ^ 1);
}

TEST(Jwe, RoundTripsWithEveryMethod) {
  for (const Recipient* const recipient : every_recipient) {
    for (const char* const enc : every_encryption) {
      SCOPED_TRACE(std::string(recipient->alg) + " " + enc);
      const std::string compact = encrypted(*recipient, enc);
      EXPECT_EQ(keys_of(*recipient).decrypt(compact).value(), jws);
    }
  }
}

TEST(Jwe, SaysAlgEncCtyAndKid) {
  const std::string header = base64url_decode(segments_of(encrypted(rsa()))[0]).value();
  EXPECT_EQ(header, R"({"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT","kid":"rsa"})");
}

TEST(Jwe, JE_15_UsesAFreshKeyAndVectorEachTime) {
  for (const Recipient* const recipient : every_recipient) {
    const auto first = segments_of(encrypted(*recipient));
    const auto second = segments_of(encrypted(*recipient));
    EXPECT_NE(first[2], second[2]);
    EXPECT_NE(first[3], second[3]);
    if (recipient->alg != std::string("ECDH-ES")) {
      EXPECT_NE(first[1], second[1]);
    }
  }
}

TEST(Jwe, JE_13_GivesOneErrorForEverythingThatIsSecret) {
  for (const Recipient* const recipient : every_recipient) {
    for (const char* const enc : every_encryption) {
      SCOPED_TRACE(std::string(recipient->alg) + " " + enc);
      const std::string good = encrypted(*recipient, enc);
      const DecryptionKeySet keys = keys_of(*recipient);
      ASSERT_THAT(keys.decrypt(good), Succeeds());
      for (std::size_t segment = 1; segment < 5; ++segment) {
        if (segments_of(good)[segment].empty()) continue;
        for (const auto change : {flip_first, flip_last}) {
          EXPECT_THAT(keys.decrypt(changed(good, segment, change)), FailsWith(Errc::jose_decrypt));
          EXPECT_EQ(keys.decrypt(changed(good, segment, change)).error().detail, "");
        }
      }
    }
  }
}

TEST(Jwe, JE_13_GoesOnWithARandomKeyWhenTheEncryptedOneIsWrong) {
  for (const Recipient* const recipient : {&rsa(), &ec_wrapped()}) {
    SCOPED_TRACE(recipient->alg);
    const KeyManagement method = parse_key_management(recipient->alg).value();
    const DecryptionKey key = read_decryption_key(recipient->jwk).value();
    const auto segments = segments_of(encrypted(*recipient));
    const Json header = parse_json(base64url_decode(segments[0]).value()).value();
    std::string wrong = base64url_decode(segments[1]).value();
    flip_last(wrong);
    const auto recover = [&] {
      return recover_key(method, ContentEncryption::a256gcm, key.key.get(), key.type,
                         *header.as_object(), wrong);
    };
    const std::optional<Secret> first = recover();
    const std::optional<Secret> second = recover();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->size(), content_key_size);
    EXPECT_NE(first->view(), second->view());
  }
}

TEST(Jwe, JE_09_TakesExactLengthsOnly) {
  for (const Recipient* const recipient : every_recipient) {
    for (const char* const enc : every_encryption) {
      SCOPED_TRACE(std::string(recipient->alg) + " " + enc);
      const std::string good = encrypted(*recipient, enc);
      const DecryptionKeySet keys = keys_of(*recipient);
      for (const std::size_t segment : {1, 2, 4}) {
        EXPECT_THAT(keys.decrypt(changed(good, segment, [](std::string& o) { o += '\0'; })),
                    FailsWith(Errc::jose_decrypt));
        if (segments_of(good)[segment].empty()) continue;
        EXPECT_THAT(keys.decrypt(changed(good, segment, [](std::string& o) { o.pop_back(); })),
                    FailsWith(Errc::jose_decrypt));
        EXPECT_THAT(keys.decrypt(changed(good, segment, [](std::string& o) { o.clear(); })),
                    FailsWith(Errc::jose_decrypt));
      }
    }
  }
}

TEST(Jwe, JE_10_WantsNoEncryptedKeyForDirectAgreement) {
  EXPECT_THAT(keys_of(ec()).decrypt(changed(encrypted(ec()), 1, [](std::string& o) { o = "key"; })),
              FailsWith(Errc::jose_decrypt));
}

TEST(Jwe, JE_11_RefusesAnEphemeralKeyThatDoesNotFit) {
  const auto decrypt_with_epk = [](Json epk) {
    return keys_of(ec()).decrypt(with_header(encrypted(ec()), "epk", std::move(epk)));
  };
  const std::string zero(43, 'A');
  EXPECT_THAT(decrypt_with_epk(JsonObject{}), FailsWith(Errc::jose_decrypt));
  EXPECT_THAT(decrypt_with_epk("x"), FailsWith(Errc::jose_decrypt));
  EXPECT_THAT(decrypt_with_epk(ec384().jwk), FailsWith(Errc::jose_decrypt)) << "another curve";
  EXPECT_THAT(decrypt_with_epk(rsa().jwk), FailsWith(Errc::jose_decrypt)) << "another type";
  EXPECT_THAT(decrypt_with_epk(with(ec().jwk, "x", zero)), FailsWith(Errc::jose_decrypt))
      << "not on the curve";
  EXPECT_THAT(keys_of(ec()).decrypt(without_header(encrypted(ec()), "epk")),
              FailsWith(Errc::jose_decrypt));
  EXPECT_THAT(keys_of(ec()).decrypt(with_header(encrypted(ec()), "apu", 1)),
              FailsWith(Errc::jose_decrypt));
  EXPECT_THAT(keys_of(ec()).decrypt(with_header(encrypted(ec()), "apv", "=")),
              FailsWith(Errc::jose_decrypt));
  EXPECT_THAT(keys_of(ec()).decrypt(with_header(encrypted(ec()), "apu", "QWxpY2U")),
              FailsWith(Errc::jose_decrypt))
      << "enters the key";
}

TEST(Jwe, JE_12_AuthenticatesTheHeaderAsItWasReceived) {
  for (const char* const enc : every_encryption) {
    EXPECT_THAT(keys_of(rsa()).decrypt(with_header(encrypted(rsa(), enc), "note", 1)),
                FailsWith(Errc::jose_decrypt));
    EXPECT_THAT(keys_of(rsa()).decrypt(
                    changed(encrypted(rsa(), enc), 0, [](std::string& header) { header += ' '; })),
                FailsWith(Errc::jose_decrypt));
  }
}

TEST(Jwe, SEC_26_RefusesOneDefectPerHeader) {
  const std::string good = encrypted(rsa());
  const auto fails = [&](const char* name, Json value) {
    return keys_of(rsa()).decrypt(with_header(good, name, std::move(value))).error().code;
  };
  for (const char* const alg :
       {"RSA1_5", "RSA-OAEP", "dir", "A256KW", "PBES2-HS256+A128KW", "ECDH-ES+A128KW"}) {
    EXPECT_EQ(fails("alg", alg), Errc::jose_alg_unsupported) << alg;
  }
  EXPECT_EQ(fails("alg", "none"), Errc::jose_alg);
  EXPECT_EQ(fails("alg", "RS256"), Errc::jose_alg);
  EXPECT_EQ(fails("alg", 1), Errc::jose_alg);
  for (const char* const enc : {"A128GCM", "A192GCM", "A192CBC-HS384", "A256CBC-HS512"}) {
    EXPECT_EQ(fails("enc", enc), Errc::jose_alg_unsupported) << enc;
  }
  EXPECT_EQ(fails("enc", "a256gcm"), Errc::jose_alg);
  EXPECT_EQ(fails("enc", nullptr), Errc::jose_alg);
  EXPECT_EQ(fails("zip", "DEF"), Errc::jose_header);
  EXPECT_EQ(fails("crit", JsonArray{"alg"}), Errc::jose_crit);
  EXPECT_EQ(fails("b64", false), Errc::jose_crit);
  EXPECT_EQ(fails("cty", "json"), Errc::jose_header);
  EXPECT_EQ(fails("kid", 1), Errc::jose_header);
  EXPECT_EQ(fails("kid", "other"), Errc::jose_key);
  EXPECT_EQ(fails("alg", "ECDH-ES"), Errc::jose_key);
  EXPECT_EQ(fails("jku", "https://a.example"), Errc::jose_key);
  EXPECT_THAT(keys_of(rsa()).decrypt(without_header(good, "cty")), FailsWith(Errc::jose_header));
  EXPECT_THAT(keys_of(rsa()).decrypt(without_header(good, "alg")), FailsWith(Errc::jose_alg));
}

TEST(Jwe, JE_02_TakesCtyInAnyCase) {
  EXPECT_TRUE(
      judge_jwe_header(*parse_json(R"({"alg":"ECDH-ES","enc":"A256GCM","cty":"application/jwt"})")
                            .value()
                            .as_object(),
                       JweRules{})
          .empty());
}

TEST(Jwe, RefusesWhatIsNotFiveStrictSegments) {
  const DecryptionKeySet keys = keys_of(rsa());
  const std::string good = encrypted(rsa());
  EXPECT_THAT(keys.decrypt(jws), FailsWith(Errc::jose_serialization));
  EXPECT_THAT(keys.decrypt(good + "."), FailsWith(Errc::jose_serialization));
  EXPECT_THAT(keys.decrypt("...."), FailsWith(Errc::jose_serialization));
  EXPECT_THAT(keys.decrypt(good + "="), FailsWith(Errc::jose_base64url));
  EXPECT_THAT(keys.decrypt("e30.=.=.=.="), FailsWith(Errc::jose_base64url));
  EXPECT_THAT(keys.decrypt("e30...."), FailsWith(Errc::jose_alg));
  EXPECT_THAT(keys.decrypt("W10...."), FailsWith(Errc::jose_header));
  EXPECT_THAT(keys.decrypt(std::string(256 * 1024 + 1, 'A')), FailsWith(Errc::json_limits));
}

TEST(DecryptionKeySet, IsEmptyByDefaultAndDecryptsNothing) {
  EXPECT_TRUE(DecryptionKeySet().empty());
  EXPECT_THAT(DecryptionKeySet().decrypt(encrypted(rsa())), FailsWith(Errc::jose_key));
}

TEST(DecryptionKeySet, JE_14_ChoosesByKidUseAndAlg) {
  const Json first = with(ec().jwk, "alg", "ECDH-ES");
  const Json second = with(ec().jwk, "alg", "ECDH-ES+A256KW");
  const DecryptionKeySet both = DecryptionKeySet::from_json(set_of({first, second})).value();
  EXPECT_THAT(both.decrypt(encrypted(ec())), Succeeds());
  EXPECT_THAT(both.decrypt(encrypted(ec_wrapped())), Succeeds());
  const DecryptionKeySet one = DecryptionKeySet::from_json(set_of({first})).value();
  EXPECT_THAT(one.decrypt(encrypted(ec_wrapped())), FailsWith(Errc::jose_key));
  const DecryptionKeySet twice = DecryptionKeySet::from_json(set_of({ec().jwk, ec().jwk})).value();
  EXPECT_THAT(twice.decrypt(encrypted(ec())), FailsWith(Errc::jose_key));
  EXPECT_THAT(one.decrypt(without_header(encrypted(ec()), "kid")), FailsWith(Errc::jose_decrypt))
      << "found without a kid, but the header is authenticated";
}

TEST(DecryptionKeySet, RefusesKeysItCannotUse) {
  const auto load = [](Json jwk) { return DecryptionKeySet::from_json(set_of({std::move(jwk)})); };
  EXPECT_THAT(load(with(ec().jwk, "use", "sig")), FailsWith(Errc::jwks_key));
  EXPECT_THAT(load(with(ec().jwk, "alg", "dir")), FailsWith(Errc::jwks_key));
  EXPECT_THAT(load(with(ec().jwk, "alg", "RSA-OAEP-256")), FailsWith(Errc::jwks_key));
  EXPECT_THAT(load(with(ec().jwk, "key_ops", JsonArray{"encrypt"})), FailsWith(Errc::jwks_key));
  EXPECT_THAT(load(with(ec().jwk, "key_ops", JsonArray{"deriveBits"})), Succeeds());
  EXPECT_THAT(
      load(with(ec().jwk, "d", *encryption_jwk(Algorithm::ES256, "x").as_object()->find("d"))),
      FailsWith(Errc::jwks_key))
      << "d of another key";
  EXPECT_THAT(load(encryption_jwk(Algorithm::EdDSA, "ed")), FailsWith(Errc::jwks_key));
  EXPECT_THAT(load(1), FailsWith(Errc::jwks_structure));
  EXPECT_THAT(DecryptionKeySet::from_json(JsonObject{}), FailsWith(Errc::jwks_structure));
  Json only_public = ec().jwk;
  only_public.as_object()->erase("d");
  EXPECT_THAT(load(only_public), FailsWith(Errc::jwks_key));
}

TEST(Encrypt, RefusesWhatItCannotOrMustNotDo) {
  EXPECT_THAT(encrypt("{}", ec().jwk, "ECDH-ES", "A256GCM"), FailsWith(Errc::jose_serialization))
      << "JE-01: only a signed token is encrypted";
  EXPECT_THAT(encrypt(jws, ec().jwk, "RSA1_5", "A256GCM"), FailsWith(Errc::jose_alg_unsupported));
  EXPECT_THAT(encrypt(jws, ec().jwk, "ECDH-ES", "A128GCM"), FailsWith(Errc::jose_alg_unsupported));
  EXPECT_THAT(encrypt(jws, ec().jwk, "RSA-OAEP-256", "A256GCM"), FailsWith(Errc::jose_key));
  EXPECT_THAT(encrypt(jws, with(ec().jwk, "use", "sig"), "ECDH-ES", "A256GCM"),
              FailsWith(Errc::jwks_key));
  EXPECT_THAT(encrypt(jws, with(ec().jwk, "x", std::string(43, 'A')), "ECDH-ES", "A256GCM"),
              FailsWith(Errc::jwks_key));
  EXPECT_THAT(encrypt(jws, with(ec().jwk, "alg", "ECDH-ES"), "ECDH-ES+A256KW", "A256GCM"),
              FailsWith(Errc::jose_key));
}

}  // namespace
}  // namespace tocsin::jose
