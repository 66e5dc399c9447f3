// `tocsin demo`, as a user runs it: two processes, one event over HTTPS, one forgery refused.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "cli/program.h"
#include "support/fixtures.h"

namespace tocsin {
namespace {

using test::Workplace;
using testing::HasSubstr;

std::size_t lines_of(const std::string& text) {
  return test::split(text, '\n').size() - 1;
}

// Processes that were given `word` on their command line.
int processes_with(const std::string& word) {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string line{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (line.find(word) != std::string::npos) ++found;
  }
  return found;
}

TEST(Demo, CarriesOneEventAndRefusesOneForgery) {
  const Workplace place;
  const auto answer = place.tocsin({"demo"});
  SCOPED_TRACE(answer.out + answer.err);
  EXPECT_EQ(answer.exit, 0);
  EXPECT_EQ(answer.err, "");
  EXPECT_LE(lines_of(answer.out), 15U);
  EXPECT_THAT(answer.out, HasSubstr("/.well-known/ssf-configuration"));
  EXPECT_THAT(answer.out, HasSubstr("202 Accepted"));
  EXPECT_THAT(answer.out,
              HasSubstr("https://schemas.openid.net/secevent/caep/event-type/session-revoked"));
  EXPECT_THAT(answer.out, HasSubstr(" ms from the event to the inbox"));
  EXPECT_THAT(answer.out, HasSubstr("400 Bad Request"));
  EXPECT_THAT(answer.out, HasSubstr(R"("err":"invalid_key")"));
}

TEST(Demo, SEC_33_LeavesNothingButItsFolderAndNobodyElseReadsIt) {
  const Workplace place;
  const std::string folder = place.folder().path() + "/kept";
  ASSERT_EQ(place.tocsin({"demo", "--folder", folder}).exit, 0);
  EXPECT_EQ(processes_with(folder), 0);

  struct stat status{};
  ASSERT_EQ(::stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0077, 0U) << entry.path();
  }
  EXPECT_GT(files, 0);
}

TEST(Demo, RunsAgainWhereItRanBefore) {
  const Workplace place;
  EXPECT_EQ(place.tocsin({"demo"}).exit, 0);
  const auto again = place.tocsin({"demo"});
  EXPECT_EQ(again.exit, 0) << again.err;
}

TEST(Demo, SaysWhatIsWrongWithItsFolder) {
  const Workplace place;
  const auto answer = place.tocsin({"demo", "--folder", "/proc/nowhere"});
  EXPECT_EQ(answer.exit, 2) << answer.out;
  EXPECT_THAT(answer.err, HasSubstr("/proc/nowhere"));
}

}  // namespace
}  // namespace tocsin
