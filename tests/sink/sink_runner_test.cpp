#include "sink/sink_runner.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <deque>
#include <optional>

#include "sim/virtual_time.h"
#include "sink/events.h"
#include "store/memory_inbox.h"
#include "support/memory_notes.h"
#include "support/run.h"

namespace tocsin::sink {
namespace {

using namespace std::chrono_literals;
using test::inbox_entry;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;

class FakeSink final : public Sink {
 public:
  Task<std::vector<Result<void>>> take(const std::vector<const SinkEvent*>& events) override {
    std::vector<Result<void>> outcomes;
    for (const SinkEvent* event : events) {
      const auto trouble = troubles.find(event->jti);
      if (trouble != troubles.end()) {
        outcomes.emplace_back(trouble->second);
      } else {
        taken.push_back(event->jti);
        outcomes.emplace_back(Result<void>());
      }
      tried.push_back(event->jti);
    }
    co_return outcomes;
  }

  std::map<std::string, Errc> troubles;
  std::vector<std::string> taken;
  std::vector<std::string> tried;
};

class SinkRunnerTest : public ::testing::Test {
 protected:
  ~SinkRunnerTest() override { end(); }

  void start() {
    runner_.emplace(config_,
                    SinkRunner::Parts{
                        .inbox = inbox_,
                        .notes = notes_,
                        .timers = time_,
                        .random = random_,
                        .sink = sink_,
                        .on_set_aside = [this](const SinkEvent& event,
                                               const Error&) { aside_.push_back(event.jti); },
                    });
    is_over_ = false;
    boost::asio::co_spawn(loop_, runner_->run(), [this](std::exception_ptr) { is_over_ = true; });
  }
  void end() {
    if (!runner_) return;
    runner_->stop();
    time_.run_until([this] { return is_over_; }, 3h);
    runner_.reset();
  }
  bool wait_until(const std::function<bool()>& done, std::chrono::nanoseconds span = 3h) {
    return time_.run_until(done, span);
  }
  void admit(std::string jti, const std::string& type = "https://example.com/left") {
    ASSERT_TRUE(test::run(loop_, inbox_.admit(inbox_entry(std::move(jti), "jdoe", type))));
  }
  std::string cursor() { return notes_.notes[SinkRunner::cursor_note("siem")]; }

  loop::Loop loop_;
  sim::VirtualTime time_{loop_};
  SeededRandom random_{1};
  store::MemoryInbox inbox_;
  test::MemoryNotes notes_;
  FakeSink sink_;
  SinkRunner::Config config_{.name = "siem"};
  std::optional<SinkRunner> runner_;
  std::vector<std::string> aside_;
  bool is_over_ = true;
};

TEST_F(SinkRunnerTest, HandsOverInOrderAndRemembersHowFarItCame) {
  admit("1");
  admit("2");
  start();
  ASSERT_TRUE(wait_until([&] { return cursor() == "2"; }));
  admit("3");
  ASSERT_TRUE(wait_until([&] { return cursor() == "3"; }));
  EXPECT_THAT(sink_.taken, ElementsAre("1", "2", "3"));
}

TEST_F(SinkRunnerTest, AfterARestartItGoesOnWhereItWas) {
  admit("1");
  start();
  ASSERT_TRUE(wait_until([&] { return cursor() == "1"; }));
  end();
  admit("2");
  start();
  ASSERT_TRUE(wait_until([&] { return cursor() == "2"; }));
  EXPECT_THAT(sink_.taken, ElementsAre("1", "2"));
}

TEST_F(SinkRunnerTest, ADestinationThatIsDownGetsEverythingLater) {
  admit("1");
  admit("2");
  sink_.troubles = {{"1", Errc::net_connect}, {"2", Errc::net_connect}};
  start();
  ASSERT_TRUE(wait_until([&] { return runner_->counts().failures == 12; }, 24h));
  EXPECT_EQ(cursor(), "");
  sink_.troubles.clear();
  ASSERT_TRUE(wait_until([&] { return cursor() == "2"; }));
  EXPECT_THAT(sink_.taken, ElementsAre("1", "2"));
  EXPECT_THAT(aside_, IsEmpty());
}

TEST_F(SinkRunnerTest, WhereNobodyHasTimeForItItWaits) {
  admit("1");
  sink_.troubles = {{"1", Errc::overloaded}};
  start();
  ASSERT_TRUE(wait_until([&] { return runner_->counts().failures == 5; }));
  EXPECT_EQ(sink_.tried.size(), 5U);
  sink_.troubles.clear();
  ASSERT_TRUE(wait_until([&] { return cursor() == "1"; }));
}

TEST_F(SinkRunnerTest, WhatIsRefusedThreeTimesIsSetAsideAndTheOthersGoOn) {
  admit("1");
  admit("2");
  admit("3");
  sink_.troubles = {{"2", Errc::http_request}};
  start();
  ASSERT_TRUE(wait_until([&] { return cursor() == "3"; }));
  EXPECT_THAT(sink_.taken, ElementsAre("1", "3"));
  EXPECT_EQ(std::ranges::count(sink_.tried, "2"), 3);
  EXPECT_THAT(aside_, ElementsAre("2"));
  EXPECT_THAT(notes_.notes, Contains(Key(SinkRunner::aside_note("siem", 2))));
}

TEST_F(SinkRunnerTest, TheCursorNeverPassesAnEventThatWaits) {
  admit("1");
  admit("2");
  admit("3");
  sink_.troubles = {{"2", Errc::net_connect}};
  start();
  ASSERT_TRUE(wait_until([&] { return runner_->counts().failures > 0; }));
  EXPECT_EQ(cursor(), "1");
  end();
  sink_.troubles.clear();
  start();
  ASSERT_TRUE(wait_until([&] { return cursor() == "3"; }));
  EXPECT_THAT(sink_.taken, ElementsAre("1", "3", "2", "3"));  // at least once
}

TEST_F(SinkRunnerTest, OnlyWhatIsWantedIsHandedOver) {
  config_.wants = [](const SinkEvent& event) {
    return event.types.front() == "https://example.com/left";
  };
  admit("1", "https://example.com/other");
  admit("2");
  admit("3", "https://example.com/other");
  start();
  ASSERT_TRUE(wait_until([&] { return cursor() == "3"; }));
  EXPECT_THAT(sink_.taken, ElementsAre("2"));
  EXPECT_EQ(runner_->counts().filtered, 2U);
}

TEST_F(SinkRunnerTest, WhatCannotBeReadIsSetAside) {
  store::InboxEntry entry = inbox_entry("1");
  entry.compact = "a.b.c.d.e";
  ASSERT_TRUE(test::run(loop_, inbox_.admit(entry)));
  admit("2");
  start();
  ASSERT_TRUE(wait_until([&] { return cursor() == "2"; }));
  EXPECT_THAT(aside_, ElementsAre("1"));
  EXPECT_THAT(sink_.taken, ElementsAre("2"));
}

TEST_F(SinkRunnerTest, WithoutItsCursorItSendsNothing) {
  notes_.is_broken = true;
  admit("1");
  start();
  ASSERT_TRUE(wait_until([&] { return runner_->counts().failures > 1; }));
  EXPECT_THAT(sink_.tried, IsEmpty());
}

TEST_F(SinkRunnerTest, TakesNoMoreInHandThanItMay) {
  config_.events_max = 10;
  for (int i = 0; i < 35; ++i) admit(std::to_string(i));
  start();
  ASSERT_TRUE(wait_until([&] { return cursor() == "35"; }));
  EXPECT_EQ(sink_.taken.size(), 35U);
}

}  // namespace
}  // namespace tocsin::sink
