// The log: one JSON object a line, whatever a peer wrote.
#include "app/log.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <array>

namespace tocsin::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::sys_time<std::chrono::milliseconds> at{
    std::chrono::milliseconds(1'764'000'000'120)};

std::string line(std::string_view text) {
  return log_line(LogLevel::info, "test", {{"text", text}}, at);
}

TEST(Log, ALineIsOneJsonObjectWithTimeLevelAndEvent) {
  EXPECT_EQ(log_line(LogLevel::warning, "push.failed", {{"stream", "s1"}, {"status", 503}}, at),
            R"({"time":"2025-11-24T16:00:00.120Z","level":"warning","event":"push.failed",)"
            R"("stream":"s1","status":503})");
}

TEST(Log, SEC_58_NobodyWritesALineOfTheirOwn) {
  const std::string text = "x\r\n{\"event\":\"forged\"}\n\x1b[2J\x7f\xc2\x9b";
  const std::string written = line(text);
  EXPECT_THAT(written, Not(HasSubstr("\n")));
  EXPECT_THAT(written, Not(HasSubstr("\r")));
  EXPECT_THAT(written, Not(HasSubstr("\x1b")));
  EXPECT_THAT(written, Not(HasSubstr("\x7f")));
  EXPECT_THAT(written, Not(HasSubstr("\xc2\x9b")));
  const auto json = parse_json(written);
  ASSERT_TRUE(json) << written;
  EXPECT_EQ(*json->as_object()->find("event")->as_string(), "test");
}

TEST(Log, SEC_58_LongTextsAreCutAtACharacter) {
  std::string text(log_text_max - 1, 'a');
  text += "\xc3\xa4\xc3\xa4";
  const auto json = parse_json(line(text));
  ASSERT_TRUE(json);
  EXPECT_EQ(*json->as_object()->find("text")->as_string(),
            std::string(log_text_max - 1, 'a') + "...");
}

TEST(Log, SEC_58_WhatIsNoUtf8IsReplaced) {
  const auto json = parse_json(line("a\xff\xc2z"));
  ASSERT_TRUE(json);
  EXPECT_EQ(*json->as_object()->find("text")->as_string(), "a??z");
}

TEST(Log, WritesWhatIsImportantEnoughALineEach) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const ManualClock clock{std::chrono::floor<std::chrono::seconds>(at)};
  Log log(pipe[1], LogLevel::warning, clock);
  log.info("quiet");
  log.warn("loud");
  log.replace_level(LogLevel::info);
  log.info("heard");
  ::close(pipe[1]);
  std::string written(4096, '\0');
  written.resize(static_cast<std::size_t>(::read(pipe[0], written.data(), written.size())));
  ::close(pipe[0]);
  EXPECT_THAT(written, Not(HasSubstr("quiet")));
  EXPECT_THAT(written, HasSubstr(R"("event":"loud"})"
                                 "\n"));
  EXPECT_THAT(written, HasSubstr(R"("event":"heard"})"
                                 "\n"));
}

}  // namespace
}  // namespace tocsin::app
