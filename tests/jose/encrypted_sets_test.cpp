// The JOSE layers of fixtures/jose/encrypted-sets.json: decryption, then the JWS inside.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "jose/jws.h"
#include "support/fixtures.h"
#include "support/matchers.h"

namespace tocsin::jose {
namespace {

// Made with RSA-OAEP, ECDH-ES+A128KW, dir, RSA1_5, PBES2, A128GCM or A256CBC-HS512, which are not
// implemented. jwe_test.cpp has the same defects with the methods that are.
const std::set<std::string> unsupported_cases{"E02", "E03", "E04", "E05", "E06", "E07", "E24",
                                              "E25", "E26", "E30", "E31", "E32", "E43", "E44",
                                              "E45", "E49", "E50", "E51", "E52", "E53", "E54"};

const std::string& text_at(const Json& object, std::string_view name) {
  static const std::string none;
  const Json* const member = object.as_object()->find(name);
  return member != nullptr ? *member->as_string() : none;
}

TEST(EncryptedSets, FailWithTheFirstErrorOfTheOrderOrVerify) {
  const Json document = test::read_json_fixture("jose/encrypted-sets.json");
  const KeySet keys = KeySet::from_json(*document.as_object()->find("jwks")).value();
  Json decryption_jwks = *document.as_object()->find("decryption_keys");
  decryption_jwks.as_object()->find("keys")->as_array()->pop_back();  // the secret of `dir`
  const DecryptionKeySet decryption_keys = DecryptionKeySet::from_json(decryption_jwks).value();

  int unsupported = 0;
  int refused = 0;
  int verified = 0;
  for (const Json& test : *document.as_object()->find("cases")->as_array()) {
    const std::string& id = text_at(test, "id");
    SCOPED_TRACE(id + " " + text_at(test, "title"));
    Result<std::string> compact = std::string(text_at(test, "token"));
    if (is_jwe_shaped(*compact)) compact = decryption_keys.decrypt(*compact);
    Result<void> verdict;
    if (!compact) {
      verdict = compact.error();
    } else if (const Result<Jws> jws = read_jws(*compact, {.algorithms = AlgorithmSet::all()})) {
      verdict = verify_signature(*jws, keys);
    } else {
      verdict = jws.error();
    }
    if (unsupported_cases.contains(id)) {
      EXPECT_THAT(verdict, test::FailsWith(Errc::jose_alg_unsupported));
      ++unsupported;
    } else if (text_at(test, "result") == "valid") {
      EXPECT_THAT(verdict, test::Succeeds());
      ++verified;
    } else {
      ASSERT_FALSE(verdict);
      EXPECT_EQ(describe(verdict.error().code).defect_class, text_at(test, "class"))
          << verdict.error().to_string();
      ++refused;
    }
  }
  EXPECT_EQ(unsupported, 21);
  EXPECT_EQ(verified, 1);
  EXPECT_EQ(refused, 15);
}

}  // namespace
}  // namespace tocsin::jose
