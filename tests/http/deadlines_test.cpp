#include "http/deadlines.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace tocsin::http {
namespace {

using std::chrono::milliseconds;

class Alarm final : public Deadlines::Watch {
 public:
  using Watch::Watch;
  std::vector<Deadline> rung;
  std::function<void()> then;

 private:
  void on_deadline() override {
    rung.push_back(std::chrono::steady_clock::now());
    if (then) then();
  }
};

class DeadlinesTest : public testing::Test {
 protected:
  Loop loop{1};
  Deadlines deadlines{loop, milliseconds(2)};
};

TEST_F(DeadlinesTest, RingsAfterTheDeadlineAndNeverBefore) {
  Alarm alarm(deadlines);
  const Deadline due = after(milliseconds(15));
  alarm.expire_at(due);
  loop.run();
  ASSERT_EQ(alarm.rung.size(), 1u);
  EXPECT_GE(alarm.rung[0], due);
}

TEST_F(DeadlinesTest, RingsInOrderAlsoBeyondOneTurnOfTheWheel) {
  Alarm near(deadlines);
  Alarm far(deadlines);
  const Deadline due = after(milliseconds(2 * 300));  // the wheel holds 256 ticks
  far.expire_at(due);
  near.expire_at(after(milliseconds(4)));
  loop.run();
  ASSERT_EQ(near.rung.size(), 1u);
  ASSERT_EQ(far.rung.size(), 1u);
  EXPECT_GE(far.rung[0], due);
  EXPECT_LT(near.rung[0], far.rung[0]);
}

TEST_F(DeadlinesTest, ALaterDeadlineReplacesAnEarlierOne) {
  Alarm alarm(deadlines);
  alarm.expire_at(after(milliseconds(4)));
  const Deadline due = after(milliseconds(40));
  alarm.expire_at(due);
  loop.run();
  ASSERT_EQ(alarm.rung.size(), 1u);
  EXPECT_GE(alarm.rung[0], due);
}

TEST_F(DeadlinesTest, AnEarlierDeadlineReplacesALaterOne) {
  Alarm alarm(deadlines);
  const Deadline late = after(std::chrono::hours(1));
  alarm.expire_at(late);
  alarm.expire_at(after(milliseconds(4)));
  loop.run();
  ASSERT_EQ(alarm.rung.size(), 1u);
  EXPECT_LT(alarm.rung[0], late);
}

TEST_F(DeadlinesTest, NeverRingsForNever) {
  Alarm alarm(deadlines);
  alarm.expire_at(after(milliseconds(4)));
  alarm.expire_at(Deadline::max());
  loop.run();
  EXPECT_TRUE(alarm.rung.empty());
}

TEST_F(DeadlinesTest, HoldsTheLoopNoLongerThanItsWatches) {
  auto alarm = std::make_unique<Alarm>(deadlines);
  alarm->expire_at(after(std::chrono::hours(1)));
  alarm.reset();
  EXPECT_EQ(loop.run(), 1u);  // the cancelled timer
}

TEST_F(DeadlinesTest, ARingingWatchMaySetAnotherDeadlineOrEndAWatch) {
  Alarm first(deadlines);
  auto second = std::make_unique<Alarm>(deadlines);
  second->expire_at(after(std::chrono::hours(1)));
  first.then = [&] {
    second.reset();
    if (first.rung.size() < 3) first.expire_at(after(milliseconds(4)));
  };
  first.expire_at(after(milliseconds(4)));
  loop.run();
  EXPECT_EQ(first.rung.size(), 3u);
}

}  // namespace
}  // namespace tocsin::http
