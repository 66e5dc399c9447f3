// A fresh folder: complete, closed to others, and accepted by the reader of configurations.
#include "app/init.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/config_file.h"
#include "base/base64url.h"
#include "jose/digest.h"
#include "support/matchers.h"
#include "support/temporary_folder.h"

namespace tocsin::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(Init, MakesAConfigurationThatIsComplete) {
  const tocsin::test::TemporaryFolder place;
  const auto answer = init_transmitter({.folder = place.file("signals"), .algorithm = "ES256"});
  ASSERT_TRUE(answer) << answer.error().to_string();
  const ConfigAnswer config = load_config(answer->config_file);
  ASSERT_TRUE(config.config);
  EXPECT_EQ(config.config->transmitter.issuer, "https://127.0.0.1:8443");
  ASSERT_EQ(config.config->clients.size(), 2U);
  EXPECT_THAT(config.config->clients[0].scopes, testing::ElementsAre("tocsin.publish"));
  EXPECT_THAT(config.config->clients[1].scopes, testing::ElementsAre("ssf.read", "ssf.manage"));
}

TEST(Init, SEC_33_NobodyElseReadsWhatItMakes) {
  const tocsin::test::TemporaryFolder place;
  const std::string folder = place.file("signals");
  ASSERT_TRUE(init_transmitter({.folder = folder, .algorithm = "ES256", .throwaway_tls = true}));
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    struct stat status{};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 077, 0U) << entry.path();
    files += entry.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(files, 10);
}

TEST(Init, SEC_63_ASecretIsShownOnceAndStoredNowhere) {
  const tocsin::test::TemporaryFolder place;
  const std::string folder = place.file("signals");
  const auto answer = init_transmitter({.folder = folder, .algorithm = "ES256"});
  ASSERT_TRUE(answer);
  for (const InitAnswer::Client& client : answer->clients) {
    EXPECT_GE(client.secret.size(), 43U) << "256 bits";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      EXPECT_THAT(content_of(entry.path()), Not(HasSubstr(client.secret))) << entry.path();
    }
    EXPECT_THAT(content_of(folder + "/clients/" + client.client_id + ".toml"),
                HasSubstr(base64url_encode(as_text(sha256(client.secret)))));
  }
}

TEST(Init, AFolderThatIsUsedIsLeftAlone) {
  const tocsin::test::TemporaryFolder place;
  const std::string file = place.write("notes", "mine");
  const auto answer = init_transmitter({.folder = place.path()});
  EXPECT_THAT(answer, test::FailsWith(Errc::config_invalid));
  EXPECT_EQ(content_of(file), "mine");
}

// Covers: IOP-2.1-01.
TEST(Init, RefusesToListenInTheOpenWithoutTls) {
  const tocsin::test::TemporaryFolder place;
  const std::string folder = place.file("signals");
  EXPECT_THAT(init_transmitter({.folder = folder, .listen = "0.0.0.0:8443"}),
              test::FailsWith(Errc::config_invalid));
  EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace tocsin::app
