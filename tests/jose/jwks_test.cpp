#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/base64url.h"
#include "jose/key_set.h"
#include "support/fixtures.h"
#include "support/matchers.h"

namespace tocsin {
namespace {

using test::FailsWith;
using test::IndexRow;
using test::Succeeds;

Json public_key(const char* file = "jose/signed-sets.json") {
  const Json document = test::read_json_fixture(file);
  return document.as_object()->find("jwks")->as_object()->find("keys")->as_array()->front();
}

Json set_of(JsonArray keys) {
  return JsonObject{{"keys", std::move(keys)}};
}

Json with(Json jwk, const char* name, Json value) {
  jwk.as_object()->insert_or_assign(name, std::move(value));
  return jwk;
}

// The reason why the only key of a set is skipped; "" if it is not.
std::string skipped(const Json& jwk) {
  const Result<KeySet> keys = KeySet::from_json(set_of({jwk}));
  EXPECT_THAT(keys, Succeeds());
  if (keys->skipped().empty()) return "";
  EXPECT_TRUE(keys->empty());
  EXPECT_EQ(keys->skipped().front().error.code, Errc::jwks_key);
  return keys->skipped().front().error.detail;
}

TEST(Jwks, GiveEveryInvalidSetTheClassAndLevelOfTheIndex) {
  int sets = 0;
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const std::string& file = row.at("file");
    if (!file.starts_with("jwks/")) continue;
    SCOPED_TRACE(file);
    ++sets;
    const Json document = test::read_json_fixture("invalid/" + file);
    const Findings findings = jose::lint_jwks(document);
    ASSERT_EQ(findings.size(), 1U);
    const Finding& finding = findings.front();
    EXPECT_EQ(describe(finding.code).defect_class, row.at("expected error class"));
    const std::map<std::string, Level> levels{
        {"must", Level::must}, {"should", Level::should}, {"policy", Level::policy}};
    EXPECT_EQ(finding.level, levels.at(row.at("level"))) << finding.to_string();

    const Result<KeySet> keys = KeySet::from_json(document);
    if (finding.code == Errc::jwks_key) {
      ASSERT_THAT(keys, Succeeds());
      EXPECT_TRUE(keys->empty());
      ASSERT_EQ(keys->skipped().size(), 1U);
      EXPECT_EQ(keys->skipped().front().error.code, Errc::jwks_key);
    } else if (finding.level == Level::must) {
      EXPECT_THAT(keys, FailsWith(Errc::jwks_structure));
    } else {
      EXPECT_THAT(keys, Succeeds()) << "an ambiguous kid is refused at use";
    }
  }
  EXPECT_EQ(sets, 18);
}

TEST(Jwks, KY_01_KeepsTheOtherKeysWhenOneIsUnusable) {
  const Json good = public_key();
  const Json bad = JsonObject{{"kty", "XYZ"}, {"kid", "odd"}};
  const KeySet keys = KeySet::from_json(set_of({bad, good, bad})).value();
  EXPECT_EQ(keys.size(), 1U);
  ASSERT_EQ(keys.skipped().size(), 2U);
  EXPECT_EQ(keys.skipped()[0].index, 0U);
  EXPECT_EQ(keys.skipped()[1].index, 2U);
  EXPECT_EQ(keys.skipped()[0].kid, "odd");
  EXPECT_TRUE(keys.has_kid("rsa-1"));
  EXPECT_FALSE(keys.has_kid("odd"));
  EXPECT_FALSE(keys.has_kid("rsa-1 "));
}

TEST(Jwks, KY_02_TakesKeyOpsWithUnknownStringsBesideVerify) {
  EXPECT_EQ(skipped(with(public_key(), "key_ops", JsonArray{"dance", "verify"})), "");
  EXPECT_NE(skipped(with(public_key(), "key_ops", JsonArray{})), "");
  EXPECT_NE(skipped(with(public_key(), "key_ops", "verify")), "");
  EXPECT_NE(skipped(with(public_key(), "key_ops", JsonArray{"verify", 1})), "");
  EXPECT_NE(skipped(with(public_key(), "use", "SIG")), "");
  EXPECT_NE(skipped(with(public_key(), "use", nullptr)), "");
}

TEST(Jwks, KY_05_SkipsAPrivateKeyWhateverItsMemberHolds) {
  for (const char* const name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    EXPECT_NE(skipped(with(public_key(), name, nullptr)), "") << name;
  }
}

TEST(Jwks, KY_06_IgnoresCertificates) {
  EXPECT_EQ(skipped(with(with(public_key(), "x5c", JsonArray{"junk"}), "x5t", 1)), "");
}

TEST(Jwks, AL_04_BoundsTheExponent) {
  EXPECT_EQ(skipped(with(public_key(), "e", "Aw")), "") << "3";
  EXPECT_NE(skipped(with(public_key(), "e", "AQ")), "") << "1";
  EXPECT_NE(skipped(with(public_key(), "e", "AA")), "") << "0";
  EXPECT_NE(skipped(with(public_key(), "e", "")), "") << "none";
  EXPECT_NE(skipped(with(public_key(), "e", "AQAA")), "") << "even";
  EXPECT_EQ(skipped(with(public_key(), "e", "__________8")), "") << "64 bits";
  EXPECT_NE(skipped(with(public_key(), "e", "AQAAAAAAAAAB")), "") << "65 bits";
}

TEST(Jwks, AL_04_BoundsTheModulus) {
  const auto modulus = [](std::size_t octets, char first) {
    std::string n(octets, '\x5a');
    n.front() = first;
    n.back() = '\x01';
    return base64url_encode(n);
  };
  EXPECT_NE(skipped(with(public_key(), "n", modulus(256, '\x7f'))), "") << "2047 bits";
  EXPECT_EQ(skipped(with(public_key(), "n", modulus(256, '\x80'))), "") << "2048 bits";
  EXPECT_EQ(skipped(with(public_key(), "n", modulus(1024, '\xff'))), "") << "8192 bits";
  EXPECT_NE(skipped(with(public_key(), "n", modulus(1025, '\x01'))), "") << "8193 bits";
}

TEST(Jwks, SkipKeysOfCurvesAndTypesThatAreNotOurs) {
  const Json okp = JsonObject{{"kty", "OKP"}, {"crv", "Ed448"}, {"x", "AA"}};
  EXPECT_NE(skipped(okp), "");
  EXPECT_NE(skipped(with(okp, "crv", "Ed25519")), "") << "x is too short";
  EXPECT_EQ(skipped(with(with(okp, "crv", "Ed25519"), "x", std::string(43, 'A'))), "");
  EXPECT_NE(skipped(with(public_key(), "kty", "rsa")), "");
  EXPECT_NE(skipped(with(public_key(), "alg", "RS257")), "");
  EXPECT_NE(skipped(with(public_key(), "alg", 1)), "");
  EXPECT_NE(skipped(with(public_key(), "kid", 1)), "");
  EXPECT_NE(skipped(with(public_key(), "kid", std::string(257, 'k'))), "");
}

TEST(Jwks, KY_10_RefusesADocumentThatIsNoSet) {
  EXPECT_THAT(KeySet::parse("[]"), FailsWith(Errc::jwks_structure));
  EXPECT_THAT(KeySet::parse("{}"), FailsWith(Errc::jwks_structure));
  EXPECT_THAT(KeySet::parse(R"({"keys":[1]})"), FailsWith(Errc::jwks_structure));
  EXPECT_THAT(KeySet::parse("<html>"), FailsWith(Errc::json_syntax));
  EXPECT_THAT(KeySet::parse(R"({"keys":[],"keys":[]})"), FailsWith(Errc::json_duplicate));
  EXPECT_TRUE(KeySet::parse(R"({"keys":[],"more":1})").value().empty());
}

TEST(Jwks, SEC_28_ReadsAtMostAHundredKeysAndAQuarterMebibyte) {
  JsonArray keys(150, public_key());
  const KeySet set = KeySet::from_json(set_of(keys)).value();
  EXPECT_EQ(set.size(), 100U);
  ASSERT_EQ(set.skipped().size(), 1U);
  EXPECT_EQ(set.skipped().front().index, 100U);

  const std::string head = R"({"keys":[],"pad":")";
  const auto padded = [&](std::size_t size) {
    return head + std::string(size - head.size() - 2, 'x') + "\"}";
  };
  EXPECT_THAT(KeySet::parse(padded(256 * 1024)), Succeeds());
  EXPECT_THAT(KeySet::parse(padded(256 * 1024 + 1)), FailsWith(Errc::json_limits));
}

TEST(Jwks, SEC_35_ShowPublicMembersOnly) {
  const SigningKey ec = SigningKey::generate(Algorithm::ES384, 0, "ec").value();
  const SigningKey ed = SigningKey::generate(Algorithm::EdDSA, 0, "ed").value();
  const KeySet keys = KeySet::of({ec, ed});
  EXPECT_EQ(keys.to_jwks(), set_of({ec.public_jwk(), ed.public_jwk()}));
  EXPECT_EQ(to_text(keys.to_jwks()).find("\"d\""), std::string::npos);
  const KeySet again = KeySet::from_json(keys.to_jwks()).value();
  EXPECT_EQ(again.to_jwks(), keys.to_jwks());
  EXPECT_TRUE(again.skipped().empty());
}

TEST(Jwks, AreEmptyByDefault) {
  EXPECT_TRUE(KeySet().empty());
  EXPECT_EQ(KeySet().size(), 0U);
  EXPECT_EQ(to_text(KeySet().to_jwks()), R"({"keys":[]})");
}

// RFC 7638 3.1 and RFC 8037 A.3.
TEST(JwkThumbprint, AgreesWithTheExamplesOfTheRfcs) {
  const Json rsa =
      parse_json(
          R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})")
          .value();
  EXPECT_EQ(jwk_thumbprint(rsa).value(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  const Json okp =
      parse_json(
          R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})")
          .value();
  EXPECT_EQ(jwk_thumbprint(okp).value(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(JwkThumbprint, RefusesAKeyThatLacksMembersAndASymmetricOne) {
  for (const char* const jwk : {"[]", "{}", R"({"kty":"EC","crv":"P-256","x":"AA"})",
                                R"({"kty":"RSA","n":1,"e":"AQAB"})", R"({"kty":"oct","k":"AA"})"}) {
    EXPECT_THAT(jwk_thumbprint(parse_json(jwk).value()), FailsWith(Errc::jwks_key)) << jwk;
  }
}

}  // namespace
}  // namespace tocsin
