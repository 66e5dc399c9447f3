// Wycheproof's vectors for the bare signature schemes: what an encoding, a padding or a number may
// look like, by the hundred. JOSE around them is wycheproof_jws_test.cpp's.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "jose/key_set.h"
#include "support/fixtures.h"
#include "support/matchers.h"

namespace tocsin::jose {
namespace {

std::string from_hex(std::string_view digits) {
  std::string octets;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    octets += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return octets;
}

const std::string& text_at(const JsonObject& object, std::string_view name) {
  return *object.find(name)->as_string();
}

struct Case {
  const char* file;
  Algorithm algorithm;
  int valid;
  int invalid;
};

class WycheproofSignature : public testing::TestWithParam<Case> {};

// One vector of each RSA file is `acceptable`: its DigestInfo lacks the NULL of the parameters.
// Some verifiers let that pass; RFC 8017 9.2 writes the NULL, so it counts as invalid here.
TEST_P(WycheproofSignature, SEC_27_VerifiesTheValidOnesAndNoOther) {
  const Case& expected = GetParam();
  const Json document =
      test::read_json_fixture("wycheproof/testvectors_v1/" + std::string(expected.file) + ".json");
  std::map<bool, int> seen;
  for (const Json& group : *document.as_object()->find("testGroups")->as_array()) {
    const KeySet keys = KeySet::from_pem(text_at(*group.as_object(), "publicKeyPem")).value();
    for (const Json& test : *group.as_object()->find("tests")->as_array()) {
      const JsonObject& vector = *test.as_object();
      SCOPED_TRACE(vector.find("tcId")->as_number()->text() + " " + text_at(vector, "comment"));
      const bool valid = text_at(vector, "result") == "valid";
      ++seen[valid];
      const Result<void> verdict =
          keys.impl().verify(expected.algorithm, std::nullopt, from_hex(text_at(vector, "msg")),
                             from_hex(text_at(vector, "sig")));
      if (valid) {
        EXPECT_THAT(verdict, test::Succeeds());
      } else {
        EXPECT_THAT(verdict, test::FailsWith(Errc::jose_signature));
      }
    }
  }
  EXPECT_EQ(seen[true], expected.valid);
  EXPECT_EQ(seen[false], expected.invalid);
}

INSTANTIATE_TEST_SUITE_P(
    Table, WycheproofSignature,
    testing::Values(Case{"rsa_signature_2048_sha256_test", Algorithm::RS256, 9, 250},
                    Case{"rsa_signature_2048_sha384_test", Algorithm::RS384, 7, 251},
                    Case{"rsa_signature_2048_sha512_test", Algorithm::RS512, 8, 251},
                    Case{"rsa_pss_2048_sha256_mgf1_32_test", Algorithm::PS256, 63, 45},
                    Case{"rsa_pss_2048_sha384_mgf1_48_test", Algorithm::PS384, 95, 46},
                    Case{"rsa_pss_4096_sha512_mgf1_64_test", Algorithm::PS512, 132, 47},
                    Case{"ecdsa_secp256r1_sha256_p1363_test", Algorithm::ES256, 173, 89},
                    Case{"ecdsa_secp384r1_sha384_p1363_test", Algorithm::ES384, 193, 87},
                    Case{"ed25519_test", Algorithm::EdDSA, 88, 63}),
    [](const auto& param) { return std::string(to_string(param.param.algorithm)); });

}  // namespace
}  // namespace tocsin::jose
