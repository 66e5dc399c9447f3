#include "base/random.h"

#include <gtest/gtest.h>

#include <set>

namespace tocsin {
namespace {

TEST(SeededRandom, REL_28_TheSameSeedGivesTheSameBytes) {
  SeededRandom a(42);
  SeededRandom b(42);
  SeededRandom other(43);
  const std::string id = a.id();
  EXPECT_EQ(b.id(), id);
  EXPECT_NE(other.id(), id);
}

TEST(Random, SEC_10_IdsHold128BitsOfUnreservedCharactersAndDiffer) {
  SeededRandom random(1);
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = random.id();
    ASSERT_EQ(id.size(), 22U);
    ASSERT_EQ(
        id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 10'000U);
}

TEST(Random, BelowStaysBelowAndReachesEveryValue) {
  SeededRandom random(3);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t value = random.below(7);
    ASSERT_LT(value, 7U);
    seen.insert(value);
  }
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(random.below(1), 0U);
  EXPECT_EQ(random.below(0), 0U);
}

}  // namespace
}  // namespace tocsin
