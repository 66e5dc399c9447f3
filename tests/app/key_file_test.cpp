#include "app/key_file.h"

#include <gmock/gmock.h>
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
  const auto keys = load_key_file(path, {});
  EXPECT_THAT(keys, FailsWith(Errc::config_invalid));
  return keys.error().detail.substr(path.size());
}

TEST(KeyFile, KeepsAKeyItsNameAndItsAge) {
  const TemporaryFolder folder;
  const std::string path = folder.file("keys.json");
  const SigningKey key = new_key("a");
  const std::chrono::sys_seconds created{std::chrono::seconds(1'800'000'000)};
  ASSERT_THAT(create_key_file(path, {key, created}, nullptr), Succeeds());

  const auto keys = load_key_file(path, {});
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
  ASSERT_THAT(create_key_file(path, {new_key("a"), {}}, nullptr), Succeeds());
  const std::string open = folder.write("open.json", read_file(path, 10'000).value(), 0644);
  EXPECT_THAT(load_key_file(open, {}), FailsWith(Errc::file_mode));
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
  const auto keys = load_key_file(path, {});
  ASSERT_THAT(keys, Succeeds());
  EXPECT_EQ(keys->front().key.algorithm(), Algorithm::EdDSA);
  EXPECT_FALSE(keys->front().created);
}

jose::SecretBox box_of(char fill) {
  return jose::SecretBox::with_key(jose::Secret(std::string(jose::secret_box_key_size, fill)))
      .value();
}

TEST(SealedKeyFile, SEC_33_OpensWithItsKeyAlone) {
  const TemporaryFolder folder;
  const std::string path = folder.file("keys.json");
  const jose::SecretBox box = box_of('k');
  const jose::SecretBox other = box_of('x');
  const SigningKey key = new_key("canary-kid");
  ASSERT_THAT(create_key_file(path, {key, {}}, &box), Succeeds());
  const std::string text = read_file(path, 10'000).value();
  EXPECT_EQ(text.find("canary-kid"), std::string::npos);
  EXPECT_EQ(text.find("\"d\""), std::string::npos);

  const auto keys = load_key_file(path, {.box = &box, .plain = false});
  ASSERT_THAT(keys, Succeeds());
  EXPECT_EQ(keys->front().key.private_jwk(), key.private_jwk());
  EXPECT_THAT(load_key_file(path, {}), FailsWith(Errc::config_invalid));
  EXPECT_THAT(load_key_file(path, {.box = &other}), FailsWith(Errc::config_invalid));
  folder.write("keys.json", R"({"sealed":"AQAAAA"})");
  EXPECT_THAT(load_key_file(path, {.box = &box}), FailsWith(Errc::config_invalid));
  folder.write("keys.json", R"({"sealed":1})");
  EXPECT_THAT(load_key_file(path, {.box = &box}), FailsWith(Errc::config_invalid));
}

TEST(SealedKeyFile, SEC_33_APlainOneIsRefusedUnlessAllowed) {
  const TemporaryFolder folder;
  const jose::SecretBox box = box_of('k');
  for (const std::string& path : {write_set(folder, {new_key("a").private_jwk()}),
                                  folder.write("key.pem", new_key("a").public_pem())}) {
    const auto refused = load_key_file(path, {.box = &box, .plain = false});
    ASSERT_THAT(refused, FailsWith(Errc::config_invalid));
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("tocsin key seal"));
  }
  EXPECT_THAT(load_key_file(folder.file("keys.json"), {.box = &box}), Succeeds());
}

TEST(SealedKeyFile, StaysSealedWhenKeysComeAndGo) {
  const TemporaryFolder folder;
  const std::string path = folder.file("keys.json");
  const jose::SecretBox box = box_of('k');
  const KeyAccess sealed_only{.box = &box, .plain = false};
  ASSERT_THAT(create_key_file(path, {new_key("a"), {}}, &box), Succeeds());
  ASSERT_THAT(add_key(path, {new_key("b"), {}}, &box), Succeeds());
  EXPECT_EQ(load_key_file(path, sealed_only).value().size(), 2U);
  EXPECT_THAT(add_key(path, {new_key("c"), {}}, nullptr), FailsWith(Errc::config_invalid));
  ASSERT_THAT(remove_key(path, "a", &box), Succeeds());
  EXPECT_EQ(load_key_file(path, sealed_only).value().front().key.kid(), "b");
}

TEST(SealedKeyFile, APlainOneStaysPlainUntilItIsSealed) {
  const TemporaryFolder folder;
  const jose::SecretBox box = box_of('k');
  const SigningKey key = new_key("a");
  const std::string path = write_set(folder, {key.private_jwk()});
  ASSERT_THAT(add_key(path, {new_key("b"), {}}, &box), Succeeds());
  EXPECT_EQ(load_key_file(path, {}).value().size(), 2U);
  EXPECT_TRUE(seal_key_file(path, box).value());
  EXPECT_FALSE(seal_key_file(path, box).value());
  EXPECT_THAT(seal_key_file(path, box_of('x')), FailsWith(Errc::config_invalid));
  const auto keys = load_key_file(path, {.box = &box, .plain = false});
  ASSERT_THAT(keys, Succeeds());
  EXPECT_EQ(keys->front().key.private_jwk(), key.private_jwk());
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
