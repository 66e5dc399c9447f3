#include "app/key_file.h"

#include <gtest/gtest.h>

#include "app/file.h"
#include "support/matchers.h"
#include "support/temporary_folder.h"

namespace tocsin::app {
namespace {

using test::FailsWith;
using test::Succeeds;
using test::TemporaryFolder;

SigningKey new_key(std::string kid) {
  return SigningKey::generate(Algorithm::ES256, 2048, std::move(kid)).value();
}

// A file as an operator may have written it.
std::string write_set(const TemporaryFolder& folder, const std::vector<Json>& jwks) {
  JsonObject set;
  set.insert_or_assign("keys", JsonArray(jwks.begin(), jwks.end()));
  return folder.write("keys.json", to_text(set));
}

std::string detail_of(const std::string& path) {
  const auto keys = load_key_file(path);
  EXPECT_THAT(keys, FailsWith(Errc::config_invalid));
  return keys.error().detail.substr(path.size());
}

TEST(KeyFile, KeepsAKeyItsNameAndItsAge) {
  const TemporaryFolder folder;
  const std::string path = folder.file("keys.json");
  const SigningKey key = new_key("a");
  const std::chrono::sys_seconds created{std::chrono::seconds(1'800'000'000)};
  ASSERT_THAT(create_key_file(path, {key, created}), Succeeds());

  const auto keys = load_key_file(path);
  ASSERT_THAT(keys, Succeeds());
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_EQ(keys->front().key.kid(), "a");
  EXPECT_EQ(keys->front().key.algorithm(), Algorithm::ES256);
  EXPECT_EQ(keys->front().created, created);
  EXPECT_EQ(keys->front().key.private_jwk(), key.private_jwk());
}

TEST(KeyFile, SEC_33_IsRefusedWhenOthersMayReadIt) {
  const TemporaryFolder folder;
  const std::string path = folder.file("keys.json");
  ASSERT_THAT(create_key_file(path, {new_key("a"), {}}), Succeeds());
  const std::string open = folder.write("open.json", read_file(path, 10'000).value(), 0644);
  EXPECT_THAT(load_key_file(open), FailsWith(Errc::file_mode));
}

TEST(KeyFile, IsRefusedWholeForOneBadKey) {
  const TemporaryFolder folder;
  EXPECT_EQ(detail_of(folder.write("empty.json", R"({"keys":[]})")), ": the JWK set is empty");
  EXPECT_EQ(detail_of(folder.write("object.json", "{}")), R"(: not a JWK set: no array "keys")");
  EXPECT_THAT(detail_of(folder.write("broken.json", "{")), testing::StartsWith(": json.syntax"));
  const Json good = new_key("a").private_jwk();
  EXPECT_THAT(detail_of(write_set(folder, {good, new_key("b").public_jwk()})),
              testing::StartsWith(": key 1: jwks.key"));
  EXPECT_EQ(detail_of(write_set(folder, {good, good})), ": key 1: its kid occurs twice");
}

TEST(KeyFile, MayHoldAKeyAsPem) {
  const TemporaryFolder folder;
  const std::string path = folder.write("key.pem", R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEICs3YxMJuoSNj0XLNcNkHyPvnGIQpUlPyhFMPC+UhG3y
-----END PRIVATE KEY-----
)");
  const auto keys = load_key_file(path);
  ASSERT_THAT(keys, Succeeds());
  EXPECT_EQ(keys->front().key.algorithm(), Algorithm::EdDSA);
  EXPECT_FALSE(keys->front().created);
}

TEST(PickKey, TakesTheOnlyKeyOrTheOneThatIsNamed) {
  const std::vector<StoredKey> one{{new_key("a"), {}}};
  const std::vector<StoredKey> two{{new_key("a"), {}}, {new_key("b"), {}}};
  EXPECT_EQ(pick_key(one, {}).value().kid(), "a");
  EXPECT_EQ(pick_key(two, "b").value().kid(), "b");
}

TEST(PickKey, NamesTheChoiceWhenThereIsOne) {
  const std::vector<StoredKey> two{{new_key("a"), {}}, {new_key("b"), {}}};
  ASSERT_THAT(pick_key(two, {}), FailsWith(Errc::config_invalid));
  EXPECT_EQ(pick_key(two, {}).error().detail, "choose one of several keys by its kid: a, b");
  ASSERT_THAT(pick_key(two, "c"), FailsWith(Errc::config_invalid));
  EXPECT_EQ(pick_key(two, "c").error().detail, "no key has this kid; there are: a, b");
}

}  // namespace
}  // namespace tocsin::app
