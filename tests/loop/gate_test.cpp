#include "loop/gate.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <memory>
#include <vector>

namespace tocsin::loop {
namespace {

TEST(Gate, LetsEverybodyWhoWaitsGoOnInTheOrderTheyCame) {
  Loop loop;
  Gate gate;
  std::vector<int> order;
  const auto waiter = [&](int number) -> Task<void> {
    co_await gate.wait();
    order.push_back(number);
    if (number == 1) co_await gate.wait();
  };
  for (const int number : {1, 2, 3}) {
    boost::asio::co_spawn(loop, waiter(number), boost::asio::detached);
  }
  loop.poll();
  EXPECT_TRUE(order.empty());
  gate.open();
  EXPECT_TRUE(order.empty()) << "nobody runs inside open()";
  loop.restart();
  loop.poll();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Gate, EndsThoseWhoStillWaitWhenItGoes) {
  Loop loop;
  auto gate = std::make_unique<Gate>();
  const auto witness = std::make_shared<int>();
  const auto waiter = [&gate](std::shared_ptr<int>) -> Task<void> { co_await gate->wait(); };
  boost::asio::co_spawn(loop, waiter(witness), boost::asio::detached);
  loop.poll();
  EXPECT_EQ(witness.use_count(), 2);
  gate.reset();
  loop.restart();
  loop.poll();
  EXPECT_EQ(witness.use_count(), 1);
}

}  // namespace
}  // namespace tocsin::loop
