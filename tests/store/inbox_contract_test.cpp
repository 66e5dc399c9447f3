// What a consumer of the inbox may rest on.
#include <gmock/gmock.h>

#include "store/contract.h"

namespace tocsin::store {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(StoreContract, ReadsInTheOrderOfAdmissionAcrossARestart) {
  admit("1", "one");
  admit("2", "two");
  admit("1", "again");
  admit("3", "three");
  reopen();
  const std::vector<InboxRow> rows = behind(0);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].entry.compact, "one");
  EXPECT_EQ(rows[0].entry.upstream, "partner");
  EXPECT_EQ(rows[0].entry.iss, issuer);
  EXPECT_EQ(rows[0].entry.received_at, now());
  EXPECT_LT(rows[0].place, rows[1].place);
  EXPECT_THAT(names(rows[0].place), ElementsAre("2", "3"));
  EXPECT_THAT(names(0, 2), ElementsAre("1", "2"));
  EXPECT_THAT(names(rows[2].place), IsEmpty());
}

TEST_P(StoreContract, OneReadIsBoundedInOctets) {
  for (int i = 0; i < 10; ++i) admit(std::to_string(i), std::string(1024 * 1024, 'x'));
  EXPECT_EQ(names(0).size(), 4U);
}

TEST_P(StoreContract, ErasesWhatIsOldAndWasLeftBehindOnly) {
  admit("1");
  admit("2");
  const std::int64_t second = behind(0)[1].place;
  clock_.advance(48h);
  admit("3");
  admit("4");
  EXPECT_EQ(erase(now() - 72h, second), 0U);
  EXPECT_EQ(erase(now() - 1h, second - 1), 1U);
  EXPECT_THAT(names(0), ElementsAre("2", "3", "4"));
  EXPECT_EQ(erase(now() + 1h, second), 1U);
  EXPECT_THAT(names(0), ElementsAre("3", "4"));
  EXPECT_EQ(admit("1"), Admission::repeated);
}

TEST_P(StoreContract, APlaceIsNeverGivenTwice) {
  admit("1");
  const std::int64_t first = behind(0)[0].place;
  clock_.advance(48h);
  erase(now(), first);
  reopen();
  admit("2");
  EXPECT_GT(behind(first)[0].place, first);
}

TEST_P(StoreContract, NotesAreReplacedAndSurviveARestart) {
  EXPECT_EQ(run(notes().note("cursor/x")).value(), std::nullopt);
  ASSERT_TRUE(run(notes().keep_note("cursor/x", "1")));
  ASSERT_TRUE(run(notes().keep_note("cursor/x", "2")));
  ASSERT_TRUE(run(notes().keep_note("cursor/y", "")));
  reopen();
  EXPECT_EQ(run(notes().note("cursor/x")).value(), "2");
  EXPECT_EQ(run(notes().note("cursor/y")).value(), "");
}

}  // namespace
}  // namespace tocsin::store
