#include "app/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "support/matchers.h"
#include "support/temporary_folder.h"

namespace tocsin::app {
namespace {

using test::FailsWith;
using test::Succeeds;
using test::TemporaryFolder;

unsigned mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777U;
}

TEST(ReadFile, GivesEveryByte) {
  const TemporaryFolder folder;
  const std::string content = std::string("a\0b\n", 4) + std::string(200'000, 'x');
  const std::string path = folder.write("file", content);
  EXPECT_EQ(read_file(path, content.size()).value(), content);
}

TEST(ReadFile, SEC_48_RefusesAFileOverItsLimitAndReadsNoFurther) {
  const TemporaryFolder folder;
  const std::string path = folder.write("file", "12345");
  EXPECT_THAT(read_file(path, 4), FailsWith(Errc::file_unreadable));
  EXPECT_THAT(read_file("/dev/zero", 1000), FailsWith(Errc::file_unreadable));
}

TEST(ReadFile, SaysWhichFileAndWhy) {
  const auto missing = read_file("/nowhere/file", 10);
  ASSERT_THAT(missing, FailsWith(Errc::file_unreadable));
  EXPECT_EQ(missing.error().detail, "/nowhere/file: No such file or directory");
  EXPECT_EQ(read_file("/", 10).error().detail, "/: Is a directory");
}

TEST(ReadSecretFile, SEC_33_RefusesAFileThatOthersMayTouch) {
  const TemporaryFolder folder;
  for (const unsigned mode : {0644U, 0640U, 0620U, 0601U, 0660U}) {
    EXPECT_THAT(read_secret_file(folder.write("file", "secret", mode), 100),
                FailsWith(Errc::file_mode))
        << std::oct << mode;
  }
  for (const unsigned mode : {0600U, 0400U}) {
    EXPECT_THAT(read_secret_file(folder.write("file", "secret", mode), 100), Succeeds());
  }
}

TEST(ReadSecretFile, SEC_33_SaysTheModeAndTheRemedy) {
  const TemporaryFolder folder;
  const std::string path = folder.write("file", "secret", 0644);
  EXPECT_EQ(read_secret_file(path, 100).error().detail, path + ": mode is 0644; run chmod 600");
}

TEST(ReadSecretFile, SEC_33_JudgesTheFileBehindALink) {
  const TemporaryFolder folder;
  const std::string link = folder.file("link");
  std::filesystem::create_symlink(folder.write("open", "secret", 0644), link);
  EXPECT_THAT(read_secret_file(link, 100), FailsWith(Errc::file_mode));
}

TEST(ReadSecretFile, SEC_33_RefusesWhatIsNoRegularFile) {
  EXPECT_THAT(read_secret_file("/dev/null", 100), FailsWith(Errc::file_mode));
}

TEST(CreateSecretFile, SEC_33_MakesAFileForItsOwnerAlone) {
  const TemporaryFolder folder;
  const std::string path = folder.file("new");
  const mode_t before = ::umask(0);
  const auto created = create_secret_file(path, "secret");
  ::umask(before);
  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(read_secret_file(path, 100).value(), "secret");
}

TEST(CreateSecretFile, NeverTouchesAFileThatExists) {
  const TemporaryFolder folder;
  const std::string path = folder.write("old", "precious");
  EXPECT_THAT(create_secret_file(path, "secret"), FailsWith(Errc::file_unreadable));
  EXPECT_EQ(read_file(path, 100).value(), "precious");
  const std::string dangling = folder.file("dangling");
  std::filesystem::create_symlink(folder.file("target"), dangling);
  EXPECT_THAT(create_secret_file(dangling, "secret"), FailsWith(Errc::file_unreadable));
  EXPECT_FALSE(std::filesystem::exists(folder.file("target")));
}

TEST(CreateSecretFile, LeavesNoHalfOfAFile) {
  EXPECT_THAT(create_secret_file("/nowhere/file", "x"), FailsWith(Errc::file_unreadable));
  EXPECT_FALSE(std::filesystem::exists("/nowhere"));
}

}  // namespace
}  // namespace tocsin::app
