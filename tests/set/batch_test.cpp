// Batches answer as single calls do, in the order of the input, whatever the number of threads.
#include <gmock/gmock.h>

#include "set/sample.h"
#include "support/matchers.h"

namespace tocsin {
namespace {

using test::sample_key;
using test::sample_now;
using test::sample_policy;

std::vector<SecurityEventToken> numbered_sets(int count) {
  std::vector<SecurityEventToken> sets;
  for (int i = 0; i < count; ++i) {
    sets.push_back(test::sample_set());
    sets.back().jti = "jti-" + std::to_string(i);
  }
  return sets;
}

TEST(Batch, AnswersInTheOrderOfTheInputOnAnyNumberOfThreads) {
  std::vector<SecurityEventToken> sets = numbered_sets(100);
  sets[41].jti.clear();
  const KeySet keys = KeySet::of({sample_key()});
  for (const unsigned threads : {0U, 1U, 2U, 7U}) {
    SCOPED_TRACE(threads);
    const auto minted = mint_all(sets, sample_key(), threads);
    ASSERT_EQ(minted.size(), 100U);
    EXPECT_THAT(minted[41], test::FailsWith(Errc::claim_value));

    std::vector<std::string> compact;
    for (const auto& set : minted) compact.push_back(set ? *set : "broken");
    const auto verified = verify_all(compact, keys, sample_policy(), sample_now, threads);
    ASSERT_EQ(verified.size(), 100U);
    for (int i = 0; i < 100; ++i) {
      if (i == 41) {
        EXPECT_THAT(verified[i], test::FailsWith(Errc::jose_serialization));
      } else {
        ASSERT_THAT(verified[i], test::Succeeds());
        EXPECT_EQ((*verified[i])->jti, "jti-" + std::to_string(i));
      }
    }
  }
}

TEST(Batch, AnEmptyBatchHasNoAnswers) {
  EXPECT_TRUE(mint_all({}, sample_key()).empty());
  EXPECT_TRUE(verify_all({}, KeySet(), sample_policy(), sample_now).empty());
}

}  // namespace
}  // namespace tocsin
