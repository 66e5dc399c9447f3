#include "loop/workers.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <latch>
#include <string>
#include <thread>

#include "base/clock.h"
#include "loop/timers.h"

namespace tocsin::loop {
namespace {

template <class Body>
void run(Loop& loop, Body body) {
  boost::asio::co_spawn(loop, std::move(body), boost::asio::detached);
  loop.run();
}

TEST(OffLoop, RunsElsewhereAndResumesOnTheLoop) {
  Loop loop;
  ThreadWorkers workers({.threads = 1});
  const auto here = std::this_thread::get_id();
  std::thread::id worked;
  std::thread::id resumed;
  std::string answer;
  run(loop, [&]() -> Task<void> {
    auto job = [&worked]() -> Result<std::string> {
      worked = std::this_thread::get_id();
      return std::string("signed");
    };
    const Result<std::string> got = co_await off_loop(workers, job);
    resumed = std::this_thread::get_id();
    answer = got.value();
  });
  EXPECT_EQ(answer, "signed");
  EXPECT_NE(worked, here);
  EXPECT_EQ(resumed, here);
}

TEST(OffLoop, AnswersOverloadedWhenTooManyWait) {
  Loop loop;
  std::latch busy(1);
  std::latch go_on(1);
  ThreadWorkers workers({.threads = 1, .waiting_max = 1});
  ASSERT_TRUE(workers.submit([&] {
    busy.count_down();
    go_on.wait();
  }));
  busy.wait();
  ASSERT_TRUE(workers.submit([] {}));
  Errc code{};
  run(loop, [&]() -> Task<void> {
    auto job = []() -> Result<void> { return {}; };
    const Result<void> got = co_await off_loop(workers, job);
    code = got.error().code;
  });
  EXPECT_EQ(code, Errc::overloaded);
  go_on.count_down();
}

TEST(OffLoop, KeepsTheLoopRunningUntilTheJobIsDone) {
  Loop loop;
  ThreadWorkers workers({.threads = 2});
  int done = 0;
  for (int i = 0; i < 100; ++i) {
    auto body = [&]() -> Task<void> {
      auto job = []() -> Result<int> { return 1; };
      const Result<int> got = co_await off_loop(workers, job);
      done += got.value();
    };
    boost::asio::co_spawn(loop, body, boost::asio::detached);
  }
  loop.run();
  EXPECT_EQ(done, 100);
}

TEST(LoopTimers, SleepsNoShorterThanAsked) {
  Loop loop;
  LoopTimers timers(loop);
  const SystemClock clock;
  const auto start = clock.monotonic();
  run(loop, [&]() -> Task<void> { co_await timers.sleep(std::chrono::milliseconds(20)); });
  EXPECT_GE(clock.monotonic() - start, std::chrono::milliseconds(20));
}

}  // namespace
}  // namespace tocsin::loop
