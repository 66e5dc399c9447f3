// Readiness: asked for often, found out rarely.
#include "app/health.h"

#include <gtest/gtest.h>

#include "support/matchers.h"
#include "support/run.h"

namespace tocsin::app {
namespace {

using test::FailsWith;
using test::Succeeds;
using namespace std::chrono_literals;

class ReadinessProbeTest : public testing::Test {
 protected:
  http::Task<Result<void>> ask() {
    ++asked_;
    co_return now_;
  }
  Result<void> answer() { return test::run(loop_, probe_.answer()); }

  loop::Loop loop_;
  ManualClock clock_{std::chrono::sys_seconds(1'800'000'000s)};
  Result<void> now_;
  int asked_ = 0;
  std::vector<bool> heard_;
  ReadinessProbe probe_{
      [this] { return ask(); }, clock_,
      [this](const Result<void>& answer) { heard_.push_back(answer.has_value()); }};
};

TEST_F(ReadinessProbeTest, REL_20_AStormOfProbesAsksOnce) {
  for (int i = 0; i < 1000; ++i) EXPECT_THAT(answer(), Succeeds());
  EXPECT_EQ(asked_, 1);
  clock_.advance(1s);
  EXPECT_THAT(answer(), Succeeds());
  EXPECT_EQ(asked_, 2);
}

TEST_F(ReadinessProbeTest, REL_20_TellsAboutEveryTurn) {
  EXPECT_THAT(answer(), Succeeds());
  now_ = Error(Errc::store_full);
  EXPECT_THAT(answer(), Succeeds()) << "what was known a moment ago";
  clock_.advance(1s);
  EXPECT_THAT(answer(), FailsWith(Errc::store_full));
  EXPECT_THAT(answer(), FailsWith(Errc::store_full));
  now_ = Result<void>();
  clock_.advance(1s);
  EXPECT_THAT(answer(), Succeeds());
  EXPECT_EQ(heard_, (std::vector<bool>{false, true}));
}

TEST_F(ReadinessProbeTest, AFirstNoIsTold) {
  now_ = Error(Errc::store_unavailable);
  EXPECT_THAT(answer(), FailsWith(Errc::store_unavailable));
  EXPECT_EQ(heard_, std::vector<bool>{false});
}

}  // namespace
}  // namespace tocsin::app
