#include <gmock/gmock.h>

#include <set>

#include "store/contract.h"
#include "subject/build.h"
#include "subject/some_subject.h"
#include "support/matchers.h"

namespace tocsin::store {
namespace {

using test::FailsWith;
using test::subject;
using test::Succeeds;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

TEST_P(StoreContract, MAT_11_WhoWasAddedGetsEventsWhereNoneAreByDefault) {
  ASSERT_THAT(create(stream("s1", DefaultSubjects::NONE)), Succeeds());
  EXPECT_EQ(accept(event_about(email_subject("a@example.com"), "e1")).streams, 0U);
  ASSERT_THAT(add("s1", email_subject("a@EXAMPLE.com")), Succeeds());
  ASSERT_THAT(add("s1", email_subject("a@example.com")), Succeeds());  // again is no change
  EXPECT_EQ(accept(event_about(email_subject("a@example.com"), "e2")).streams, 1U);
  EXPECT_EQ(accept(event_about(email_subject("b@example.com"), "e3")).streams, 0U);
  reopen();
  EXPECT_EQ(accept(event_about(email_subject("a@example.com"), "e4")).streams, 1U);
  ASSERT_THAT(remove("s1", email_subject("a@example.com")), Succeeds());
  EXPECT_EQ(accept(event_about(email_subject("a@example.com"), "e5")).streams, 0U);
  ASSERT_THAT(remove("s1", email_subject("a@example.com")), Succeeds());
}

// Covers: A-71.
TEST_P(StoreContract, MAT_12_13_WhoWasRemovedGetsNoneWhereAllAreByDefault) {
  ASSERT_THAT(create(stream("s1", DefaultSubjects::ALL)), Succeeds());
  const Subject pair = subject(R"({"format":"complex","user":{"format":"opaque","id":"u"},)"
                               R"("device":{"format":"opaque","id":"d"}})");
  const Subject user = subject(R"({"format":"complex","user":{"format":"opaque","id":"u"}})");
  ASSERT_THAT(remove("s1", pair), Succeeds());
  EXPECT_EQ(accept(event_about(pair, "e1")).streams, 0U);
  EXPECT_EQ(accept(event_about(user, "e2")).streams, 1U);  // says less than what was removed
  ASSERT_THAT(add("s1", pair), Succeeds());
  EXPECT_EQ(accept(event_about(pair, "e3")).streams, 1U);
  ASSERT_THAT(remove("s1", user), Succeeds());
  EXPECT_EQ(accept(event_about(pair, "e4")).streams, 0U);
  EXPECT_EQ(accept(event_about(opaque_subject("u"), "e5")).streams, 1U);  // MAT-04
}

TEST_P(StoreContract, SEC_16_MatchingAgreesWithTheRulesForAnySubjects) {
  struct Kept {
    std::string stream;
    DefaultSubjects defaults;
    std::vector<Subject> entries;
  };
  std::vector<Kept> kept{{"n1", DefaultSubjects::NONE, {}},
                         {"n2", DefaultSubjects::NONE, {}},
                         {"a1", DefaultSubjects::ALL, {}},
                         {"a2", DefaultSubjects::ALL, {}}};
  for (const Kept& one : kept) ASSERT_THAT(create(stream(one.stream, one.defaults)), Succeeds());
  SeededRandom random(3);
  test::SomeSubject some(random);
  std::size_t hits = 0;
  for (int round = 0; round < 400; ++round) {
    Kept& one = kept[random.below(kept.size())];
    const Subject entry = some.subject();
    const bool adds = random.below(3) != 0;
    const bool keeps = adds == (one.defaults == DefaultSubjects::NONE);
    ASSERT_THAT(adds ? add(one.stream, entry) : remove(one.stream, entry), Succeeds());
    const auto same = [&](const Subject& other) { return is_same_entry(entry, other); };
    if (!keeps) {
      std::erase_if(one.entries, same);
    } else if (std::ranges::none_of(one.entries, same)) {
      one.entries.push_back(entry);
    }
    const Subject about = some.subject();
    std::size_t expected = 0;
    for (const Kept& other : kept) {
      const bool none = other.defaults == DefaultSubjects::NONE;
      const bool met = std::ranges::any_of(other.entries, [&](const Subject& e) {
        return none ? matches(e, about) : covers(e, about);
      });
      expected += met == none ? 1 : 0;
    }
    ASSERT_EQ(accept(event_about(about, std::to_string(round))).streams, expected)
        << to_text(to_json(about));
    hits += expected;
  }
  EXPECT_GT(hits, 400U);
  EXPECT_LT(hits, 1600U);
}

// Covers: A-25.
TEST_P(StoreContract, REL_12_ARemovalReachesSetsThatWait) {
  ASSERT_THAT(create(stream("n", DefaultSubjects::NONE)), Succeeds());
  ASSERT_THAT(create(stream("a", DefaultSubjects::ALL)), Succeeds());
  const Subject removed = email_subject("a@example.com");
  for (const char* id : {"a", "b"}) {
    ASSERT_THAT(add("n", email_subject(std::string(id) + "@example.com")), Succeeds());
  }
  accept(event_about(removed, "e1"));
  accept(event_about(email_subject("b@example.com"), "e2"));
  told_.clear();
  ASSERT_THAT(remove("n", removed), Succeeds());
  ASSERT_THAT(remove("a", removed), Succeeds());
  EXPECT_THAT(told_, ElementsAre(std::pair("n", Outbox::Change::other),
                                 std::pair("a", Outbox::Change::other)));
  EXPECT_THAT(event_ids(pending("n")), ElementsAre("e2"));
  EXPECT_THAT(event_ids(pending("a")), ElementsAre("e2"));
  // Added again it starts fresh.
  ASSERT_THAT(add("n", removed), Succeeds());
  ASSERT_THAT(add("a", removed), Succeeds());
  accept(event_about(removed, "e3"));
  EXPECT_THAT(event_ids(pending("n")), ElementsAre("e2", "e3"));
  EXPECT_THAT(event_ids(pending("a")), ElementsAre("e2", "e3"));
}

TEST_P(StoreContract, REL_12_AnotherEntryKeepsWhatItAdmits) {
  ASSERT_THAT(create(stream("n", DefaultSubjects::NONE)), Succeeds());
  const Subject aliases =
      subject(R"({"format":"aliases","identifiers":[{"format":"email","email":"a@example.com"},)"
              R"({"format":"opaque","id":"a"}]})");
  ASSERT_THAT(add("n", aliases), Succeeds());
  ASSERT_THAT(add("n", opaque_subject("a")), Succeeds());
  accept(event_about(opaque_subject("a"), "e1"));
  accept(event_about(email_subject("a@example.com"), "e2"));
  ASSERT_THAT(remove("n", aliases), Succeeds());
  EXPECT_THAT(event_ids(pending("n")), ElementsAre("e1"));
}

// Covers: A-25, SSF-9.3-01.
TEST_P(StoreContract, REL_12_ARemovalWithGraceTakesEffectAtItsTime) {
  ASSERT_THAT(create(stream("n", DefaultSubjects::NONE)), Succeeds());
  ASSERT_THAT(create(stream("a", DefaultSubjects::ALL)), Succeeds());
  const Subject removed = opaque_subject("u");
  ASSERT_THAT(add("n", removed), Succeeds());
  for (const char* id : {"n", "a"}) {
    ASSERT_THAT(run(subjects().remove(owner(), id, removed, now() + 60s, 100)), Succeeds());
  }
  EXPECT_EQ(accept(event_about(removed, "e1")).streams, 2U);
  clock_.advance(60s);
  ASSERT_THAT(run(streams().overdue(now(), 1)), Succeeds());  // any call: the store looks itself
  told_.clear();
  EXPECT_THAT(pending("n"), IsEmpty());
  EXPECT_THAT(pending("a"), IsEmpty());
  EXPECT_EQ(accept(event_about(removed, "e2")).streams, 0U);
}

TEST_P(StoreContract, SEC_19_SubjectsOfAStreamAreLimited) {
  ASSERT_THAT(create(stream("n", DefaultSubjects::NONE)), Succeeds());
  const auto add_one = [this](const char* id) {
    return run(subjects().add(owner(), "n", opaque_subject(id), true, now(), 2));
  };
  EXPECT_THAT(add_one("1"), Succeeds());
  EXPECT_THAT(add_one("2"), Succeeds());
  EXPECT_THAT(add_one("3"), FailsWith(Errc::subject_limit));
  EXPECT_THAT(add_one("2"), Succeeds());
  ASSERT_THAT(remove("n", opaque_subject("1")), Succeeds());
  EXPECT_THAT(add_one("3"), Succeeds());
  EXPECT_EQ(accept(event_about(opaque_subject("3"))).streams, 1U);
}

}  // namespace
}  // namespace tocsin::store
