#include "stream/matching.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "subject/build.h"
#include "subject/some_subject.h"

namespace tocsin::stream {
namespace {

using test::subject;

// What a store keeps, in memory.
class Index {
 public:
  Index(const std::vector<Subject>& entries, MatchRule rule) : entries_(entries), rule_(rule) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const IndexEntry entry = index_entry(entries[i], rule);
      shapes_.insert(entry.shape);
      for (const std::string& posting : entry.postings) postings_[posting].insert(i);
    }
  }

  std::set<std::size_t> met_by(const Subject& event) {
    std::set<std::size_t> met;
    const KeyedSubject keyed(event);
    for (const std::string& text : shapes_) {
      const Shape shape = Shape::parse(text).value();
      EXPECT_EQ(shape.text(), text);
      if (shape.hinted) {
        confirm(shape, keyed, event, met);
        continue;
      }
      const auto found = look_up(shape, keyed, [&](const std::string& posting, bool whole) {
        ++look_ups;
        const auto at = postings_.find(posting);
        if (at != postings_.end() && whole) met.insert(at->second.begin(), at->second.end());
        return Result<bool>(at != postings_.end());
      });
      EXPECT_TRUE(found);
    }
    return met;
  }

  std::size_t look_ups = 0;

 private:
  // Each group alone must lead to every entry.
  void confirm(const Shape& shape, const KeyedSubject& keyed, const Subject& event,
               std::set<std::size_t>& met) {
    std::set<std::set<std::size_t>> answers;
    for (const std::vector<std::string>& group : hints(shape, keyed)) {
      std::set<std::size_t> answer;
      for (const std::string& posting : group) {
        for (const std::size_t i : postings_[posting]) {
          if (is_met(rule_, entries_[i], event)) answer.insert(i);
        }
      }
      answers.insert(answer);
    }
    EXPECT_LE(answers.size(), 1U);
    if (!answers.empty()) met.insert(answers.begin()->begin(), answers.begin()->end());
  }

  const std::vector<Subject>& entries_;
  MatchRule rule_;
  std::set<std::string> shapes_;
  std::map<std::string, std::set<std::size_t>> postings_;
};

// Also complex subjects of many members, and members of many aliases.
Subject some_subject(Random& random) {
  test::SomeSubject some(random);
  if (random.below(3) != 0) return some.subject();
  ComplexSubject complex;
  const bool wide = random.below(2) == 0;
  for (const char* name : {"a", "b", "device", "tenant", "user", "x"}) {
    if (random.below(4) == 0) continue;
    if (!wide && complex.members.size() == 3) break;
    AliasesSubject aliases;
    for (std::uint64_t n = wide ? 1 : 1 + random.below(8); n > 0; --n) {
      aliases.identifiers.push_back(OpaqueSubject{std::to_string(random.below(wide ? 2 : 12)), {}});
    }
    complex.members.push_back({name, std::move(aliases)});
  }
  if (complex.members.empty()) return some.subject();
  return complex;
}

class MatchingProperty : public testing::TestWithParam<MatchRule> {};

TEST_P(MatchingProperty, MAT_01_12_TheIndexAgreesWithTheRulesForAnySubjects) {
  std::size_t met = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SeededRandom random(seed);
    std::vector<Subject> entries;
    for (int i = 0; i < 60; ++i) entries.push_back(some_subject(random));
    Index index(entries, GetParam());
    for (int i = 0; i < 60; ++i) {
      const Subject event = some_subject(random);
      std::set<std::size_t> expected;
      for (std::size_t e = 0; e < entries.size(); ++e) {
        if (is_met(GetParam(), entries[e], event)) expected.insert(e);
      }
      ASSERT_EQ(index.met_by(event), expected)
          << "seed " << seed << ": " << to_text(to_json(event));
      met += expected.size();
    }
  }
  EXPECT_GT(met, 1000U);
}

INSTANTIATE_TEST_SUITE_P(Rules, MatchingProperty,
                         testing::Values(MatchRule::matches, MatchRule::covers));

TEST(Matching, SUB_44_EntryNamesAreEqualForTheSameEntryAndNoOther) {
  SeededRandom random(7);
  std::vector<Subject> subjects;
  for (int i = 0; i < 250; ++i) subjects.push_back(some_subject(random));
  std::size_t same = 0;
  for (const Subject& a : subjects) {
    for (const Subject& b : subjects) {
      ASSERT_EQ(entry_name(a) == entry_name(b), is_same_entry(a, b))
          << to_text(to_json(a)) << " " << to_text(to_json(b));
      same += is_same_entry(a, b) ? 1 : 0;
    }
  }
  EXPECT_GT(same, subjects.size());
}

TEST(Matching, AnEventLooksUpOnePostingPerShape) {
  std::vector<Subject> entries;
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    entries.push_back(subject(R"({"format":"complex","user":{"format":"opaque","id":")" + n +
                              R"("},"tenant":{"format":"opaque","id":"t"}})"));
    entries.push_back(opaque_subject(n));
  }
  Index index(entries, MatchRule::matches);
  const Subject event = subject(R"({"format":"complex","user":{"format":"opaque","id":"7"},)"
                                R"("device":{"format":"opaque","id":"d"}})");
  EXPECT_EQ(index.met_by(event), std::set<std::size_t>{14});
  EXPECT_EQ(index.look_ups, 1U);
}

TEST(Matching, ManyAliasesCostNoMoreThanTheirSumWhereNothingIsKnownOfThem) {
  const std::vector<Subject> entries{
      subject(R"({"format":"complex","user":{"format":"opaque","id":"u"},)"
              R"("device":{"format":"opaque","id":"d"},"tenant":{"format":"opaque","id":"t"}})")};
  Index index(entries, MatchRule::matches);
  ComplexSubject event;
  for (const char* name : {"user", "device", "tenant"}) {
    AliasesSubject aliases;
    for (int i = 0; i < 20; ++i) {
      aliases.identifiers.push_back(OpaqueSubject{name + std::to_string(i), {}});
    }
    event.members.push_back({name, std::move(aliases)});
  }
  EXPECT_TRUE(index.met_by(event).empty());
  EXPECT_EQ(index.look_ups, 20U);
}

}  // namespace
}  // namespace tocsin::stream
