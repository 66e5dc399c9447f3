// What every store promises about names that may be used once.
#include "store/contract.h"
#include "support/matchers.h"

namespace tocsin::store {
namespace {

using namespace std::chrono_literals;

TEST_P(StoreContract, SEC_63_ANameIsGoodOnceAlsoAfterARestart) {
  const auto use = [this](std::string name) {
    return run(one_time_names().use_once(std::move(name), clock_.wall_seconds() + 5min)).value();
  };
  EXPECT_TRUE(use("a"));
  EXPECT_FALSE(use("a"));
  EXPECT_TRUE(use("b"));
  reopen();
  EXPECT_FALSE(use("a"));
  EXPECT_FALSE(use("b"));
  EXPECT_TRUE(use(""));
}

}  // namespace
}  // namespace tocsin::store
