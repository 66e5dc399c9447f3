// Compact SETs with real signatures: tests/fixtures/jose. The first failing check names the class.
#include <gmock/gmock.h>

#include <set>

#include "support/fixtures.h"
#include "support/matchers.h"
#include "tocsin/security_event_token.h"

namespace tocsin {
namespace {

const std::string& text_of(const JsonObject& object, std::string_view name) {
  return *object.find(name)->as_string();
}

struct Vectors {
  Json document;
  KeySet keys;
  SetPolicy policy;
  std::chrono::sys_seconds now;
};

Vectors load(std::string_view file) {
  Vectors vectors;
  vectors.document = test::read_json_fixture(file);
  const JsonObject& document = *vectors.document.as_object();
  vectors.keys = KeySet::from_json(*document.find("jwks")).value();
  const JsonObject& context = *document.find("context")->as_object();
  vectors.policy.iss = text_of(context, "iss");
  vectors.policy.aud = {*context.find("aud")->as_array()->front().as_string()};
  vectors.policy.algorithms = AlgorithmSet::all();
  vectors.now =
      std::chrono::sys_seconds(std::chrono::seconds(*context.find("now")->as_number()->as_int64()));
  return vectors;
}

void judge(const Vectors& vectors, const std::set<std::string>& not_implemented, int count) {
  int judged = 0;
  for (const Json& element : *vectors.document.as_object()->find("cases")->as_array()) {
    const JsonObject& vector = *element.as_object();
    const std::string& id = text_of(vector, "id");
    SCOPED_TRACE(id + ": " + text_of(vector, "title"));
    ++judged;
    const auto verified =
        verify(text_of(vector, "token"), vectors.keys, vectors.policy, vectors.now);
    if (not_implemented.contains(id)) {
      EXPECT_THAT(verified, test::FailsWith(Errc::jose_alg_unsupported));
    } else if (text_of(vector, "result") == "valid") {
      EXPECT_THAT(verified, test::Succeeds());
    } else {
      ASSERT_FALSE(verified);
      EXPECT_EQ(describe(verified.error().code).defect_class, text_of(vector, "class"))
          << verified.error().to_string();
    }
  }
  EXPECT_EQ(judged, count);
}

TEST(SignedSets, SEC_20_EveryVectorGetsItsVerdictAndItsClass) {
  // J06 is ES512, which Tocsin does not implement.
  judge(load("jose/signed-sets.json"), {"J06"}, 88);
}

TEST(EncryptedSets, SEC_26_EveryVectorGetsItsVerdictAndItsClass) {
  Vectors vectors = load("jose/encrypted-sets.json");
  Json keys = *vectors.document.as_object()->find("decryption_keys");
  keys.as_object()->find("keys")->as_array()->pop_back();  // the secret of `dir`
  vectors.policy.decryption = DecryptionKeySet::from_json(keys).value();
  // These use RSA-OAEP with SHA-1, dir, RSA1_5, PBES2, A128GCM or A256CBC-HS512, which Tocsin does
  // not implement: refused as that before anything is decrypted.
  judge(vectors, {"E02", "E03", "E04", "E05", "E06", "E07", "E24", "E25", "E26", "E30", "E31",
                  "E32", "E43", "E44", "E45", "E49", "E50", "E51", "E52", "E53", "E54"},
        37);
}

// Covers: A-58, PUSH-5.3-03.
TEST(EncryptedSets, SEC_26_WithoutConfigurationFiveSegmentsAreNoSet) {
  const Vectors vectors = load("jose/encrypted-sets.json");
  for (const Json& element : *vectors.document.as_object()->find("cases")->as_array()) {
    const std::string& token = text_of(*element.as_object(), "token");
    if (std::ranges::count(token, '.') != 4) continue;
    EXPECT_THAT(verify(token, vectors.keys, vectors.policy, vectors.now),
                test::FailsWith(Errc::jose_serialization));
  }
}

}  // namespace
}  // namespace tocsin
