#include "sim/journey.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace tocsin::sim {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

constexpr Faults stormy{.refused = 80,
                        .cut_before = 80,
                        .cut_after = 100,
                        .hung = 40,
                        .doubled = 100,
                        .overloaded = 60,
                        .page = 40,
                        .delay_max = std::chrono::milliseconds(3000)};

// How many seeds; a longer run asks for more through the environment.
std::uint64_t seeds() {
  const char* asked = std::getenv("TOCSIN_SIM_SEEDS");
  return asked != nullptr ? std::strtoull(asked, nullptr, 10) : 200;
}

// The end of the trace, for the message of a failure.
std::string last_lines(const Trace& trace) {
  std::string text;
  const auto& lines = trace.lines();
  for (std::size_t i = lines.size() - std::min<std::size_t>(lines.size(), 30); i < lines.size();
       ++i) {
    text += lines[i] + '\n';
  }
  return text;
}

TEST(Journey, GoesStraightThroughOnAQuietNetwork) {
  const JourneyLedger ledger = run_journey({.seed = 1, .rotates = false});
  EXPECT_TRUE(ledger.finished);
  EXPECT_EQ(ledger.delivered.size(), 20U);
  EXPECT_THAT(ledger.kept, UnorderedElementsAreArray(ledger.published));
  EXPECT_EQ(ledger.heard, ledger.kept);
  EXPECT_THAT(ledger.forgery_answers, Each(400U));
  EXPECT_EQ(ledger.forgery_answers.size(), 5U);
}

TEST(Journey, REL_28_IsTheSameForTheSameSeed) {
  const JourneyPlan plan{.seed = 7, .faults = stormy};
  const JourneyLedger first = run_journey(plan);
  const JourneyLedger second = run_journey(plan);
  EXPECT_EQ(first.trace.lines(), second.trace.lines());
  EXPECT_EQ(first.trace.hash(), second.trace.hash());
}

TEST(Journey, REL_28_IsAnotherOneForAnotherSeed) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    hashes.insert(run_journey({.seed = seed, .faults = stormy}).trace.hash());
  }
  EXPECT_EQ(hashes.size(), 10U);
}

TEST(Journey, REL_02_REL_03_SEC_29_EveryStormEndsWithEverySetKeptOnceAndNothingElse) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const JourneyLedger ledger = run_journey({.seed = seed, .faults = stormy});
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + last_lines(ledger.trace));
    ASSERT_TRUE(ledger.finished);
    ASSERT_EQ(ledger.published.size(), 20U);
    ASSERT_EQ(ledger.delivered.size(), 20U);
    ASSERT_THAT(ledger.kept, UnorderedElementsAreArray(ledger.published));
    ASSERT_EQ(ledger.heard, ledger.kept);
    ASSERT_THAT(ledger.forgery_answers, Not(Contains(202U)));
  }
}

}  // namespace
}  // namespace tocsin::sim
