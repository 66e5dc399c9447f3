// The JOSE layer of fixtures/jose/signed-sets.json; what comes after the signature belongs to the
// tests of set/.
#include <gtest/gtest.h>

#include <string>

#include "jose/jws.h"
#include "support/fixtures.h"
#include "support/matchers.h"

namespace tocsin::jose {
namespace {

// Not implemented: P-521 is none of our curves.
constexpr std::string_view unsupported_case = "J06";

const std::string& text_at(const Json& object, std::string_view name) {
  static const std::string none;
  const Json* const member = object.as_object()->find(name);
  return member != nullptr ? *member->as_string() : none;
}

TEST(SignedSets, FailWithTheFirstErrorOfTheOrderOrVerify) {
  const Json document = test::read_json_fixture("jose/signed-sets.json");
  const KeySet keys = KeySet::from_json(*document.as_object()->find("jwks")).value();
  const HeaderRules rules{.algorithms = {Algorithm::RS256, Algorithm::RS512, Algorithm::PS256,
                                         Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA}};
  int refused = 0;
  int verified = 0;
  for (const Json& test : *document.as_object()->find("cases")->as_array()) {
    const std::string& id = text_at(test, "id");
    SCOPED_TRACE(id + " " + text_at(test, "title"));
    const Result<Jws> jws = read_jws(text_at(test, "token"), rules);
    const Result<void> verdict = jws ? verify_signature(*jws, keys) : Result<void>(jws.error());
    if (id == unsupported_case) {
      EXPECT_THAT(verdict, test::FailsWith(Errc::jose_alg_unsupported));
      continue;
    }
    // From J111 on the payload or a claim is at fault, which JWS does not look at (JW-09).
    const bool after_the_signature = id >= "J111" && id.size() == 4;
    if (text_at(test, "result") == "valid" || after_the_signature) {
      EXPECT_THAT(verdict, test::Succeeds());
      ++verified;
    } else {
      ASSERT_FALSE(verdict);
      EXPECT_EQ(describe(verdict.error().code).defect_class, text_at(test, "class"))
          << verdict.error().to_string();
      ++refused;
    }
  }
  EXPECT_EQ(verified, 28);
  EXPECT_EQ(refused, 59);
}

TEST(SignedSets, KY_05_SkipsTheirKeysThatCannotVerify) {
  const Json document = test::read_json_fixture("jose/signed-sets.json");
  const KeySet keys = KeySet::from_json(*document.as_object()->find("jwks")).value();
  EXPECT_EQ(keys.size(), 5U);
  std::string skipped;
  for (const KeySet::Skipped& key : keys.skipped()) skipped += key.kid + ' ';
  EXPECT_EQ(skipped, "ec-521 rsa-enc rsa-1024 ");
}

}  // namespace
}  // namespace tocsin::jose
