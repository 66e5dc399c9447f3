#include "sink/ndjson_sink.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sink/events.h"
#include "support/matchers.h"
#include "support/run.h"
#include "support/temporary_folder.h"

namespace tocsin::sink {
namespace {

using test::FailsWith;
using test::sink_event;

class NdjsonSinkTest : public ::testing::Test {
 protected:
  std::vector<Result<void>> take(Sink& sink, const std::vector<SinkEvent>& events) {
    std::vector<const SinkEvent*> pointers;
    for (const SinkEvent& event : events) pointers.push_back(&event);
    return test::run(loop_, sink.take(pointers));
  }
  static std::string content_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  const test::TemporaryFolder folder_;
  const std::string path_ = folder_.file("events.ndjson");
  loop::Loop loop_;
  loop::ThreadWorkers workers_{{.threads = 1}};
};

TEST_F(NdjsonSinkTest, WritesALineAnEvent) {
  const auto sink = NdjsonSink::open(path_, workers_).value();
  const auto outcomes = take(*sink, {sink_event(1, "1"), sink_event(2, "2")});
  EXPECT_THAT(outcomes, ::testing::Each(test::Succeeds()));
  const auto line = [](const char* jti) {
    return std::string(R"({"upstream":"partner","received_at":"2026-11-18T11:06:40.000Z","set":)"
                       R"({"iss":"https://tr.example.com","jti":")") +
           jti + R"(","sub_id":{"format":"opaque","id":"jdoe"},)" +
           R"("events":{"https://example.com/left":{}}}})" + "\n";
  };
  EXPECT_EQ(content_of(path_), line("1") + line("2"));
}

TEST_F(NdjsonSinkTest, OnlyItsOwnerMayReadTheFile) {
  const auto sink = NdjsonSink::open(path_, workers_).value();
  EXPECT_EQ(std::filesystem::status(path_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(NdjsonSinkTest, AFileThatWasMovedAwayIsMadeAnew) {
  const auto sink = NdjsonSink::open(path_, workers_).value();
  take(*sink, {sink_event(1, "1")});
  std::filesystem::rename(path_, path_ + ".1");
  take(*sink, {sink_event(2, "2")});
  EXPECT_THAT(content_of(path_ + ".1"), ::testing::HasSubstr(R"("jti":"1")"));
  EXPECT_THAT(content_of(path_), ::testing::HasSubstr(R"("jti":"2")"));
}

TEST_F(NdjsonSinkTest, AFullDiskIsAReasonToTryAgain) {
  const auto sink = NdjsonSink::open("/dev/full", workers_).value();
  EXPECT_THAT(take(*sink, {sink_event(1, "1")}),
              ::testing::ElementsAre(FailsWith(Errc::store_unavailable)));
}

TEST_F(NdjsonSinkTest, APlaceThatIsNoneIsSaidAtTheStart) {
  EXPECT_THAT(NdjsonSink::open(folder_.file("nowhere/events"), workers_),
              FailsWith(Errc::file_unreadable));
}

}  // namespace
}  // namespace tocsin::sink
