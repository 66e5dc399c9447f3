// What holds for all subjects, tried on many (SEC-16, SUB-40, SUB-41).
#include <gtest/gtest.h>

#include "some_subject.h"

namespace tocsin {
namespace {

constexpr int rounds = 20'000;

Subject without_extra(const Subject& subject) {
  JsonObject object = *to_json(subject).as_object();
  object.erase("note");
  return parse_subject(std::move(object)).value();
}

bool is_simple(const Subject& subject) {
  return std::holds_alternative<SubjectIdentifier>(subject);
}

SubjectKey key_of(const Subject& subject) {
  return SubjectKey(std::get<SubjectIdentifier>(subject));
}

TEST(SubjectLaws, MatchingIsReflexiveAndSymmetric) {
  SeededRandom random(1);
  test::SomeSubject some(random);
  int matched = 0;
  for (int i = 0; i < rounds; ++i) {
    const Subject a = some.subject();
    const Subject b = some.subject();
    ASSERT_TRUE(matches(a, a)) << to_text(to_json(a));
    ASSERT_TRUE(is_same_entry(a, a)) << to_text(to_json(a));
    ASSERT_TRUE(covers(a, a)) << to_text(to_json(a));
    ASSERT_EQ(matches(a, b), matches(b, a)) << to_text(to_json(a)) << to_text(to_json(b));
    ASSERT_EQ(is_same_entry(a, b), is_same_entry(b, a));
    matched += matches(a, b);
  }
  EXPECT_GT(matched, rounds / 50) << "the words are few enough to meet";
}

TEST(SubjectLaws, SameImpliesCoversImpliesMatches) {
  SeededRandom random(2);
  test::SomeSubject some(random);
  int covered = 0;
  for (int i = 0; i < rounds; ++i) {
    const Subject a = some.subject();
    const Subject b = some.subject();
    const std::string both = to_text(to_json(a)) + to_text(to_json(b));
    if (is_same_entry(a, b)) ASSERT_TRUE(covers(a, b) && covers(b, a)) << both;
    if (covers(a, b)) ASSERT_TRUE(matches(a, b)) << both;
    covered += covers(a, b);
  }
  EXPECT_GT(covered, rounds / 100);
}

TEST(SubjectLaws, SEC_16_ASimpleSubjectMatchesExactlyWhenKeysAreEqual) {
  SeededRandom random(3);
  test::SomeSubject some(random);
  for (int i = 0; i < rounds; ++i) {
    const Subject a = some.identifier();
    const Subject b = some.identifier();
    ASSERT_EQ(matches(a, b), key_of(a) == key_of(b));
    ASSERT_EQ(is_same_entry(a, b), key_of(a) == key_of(b));
    ASSERT_EQ(covers(a, b), key_of(a) == key_of(b));
    if (format_of(a) != format_of(b)) ASSERT_FALSE(matches(a, b));  // SUB-40
  }
}

TEST(SubjectLaws, SUB_41_EqualityOfIdentifiersIsTransitive) {
  SeededRandom random(4);
  test::SomeSubject some(random);
  int chains = 0;
  for (int i = 0; i < 4 * rounds; ++i) {
    const Subject a = some.identifier();
    const Subject b = some.identifier();
    const Subject c = some.identifier();
    if (!matches(a, b) || !matches(b, c)) continue;
    ASSERT_TRUE(matches(a, c));
    ++chains;
  }
  EXPECT_GT(chains, 10);
}

TEST(SubjectLaws, SEC_16_MembersAFormatDoesNotDescribeNeverMatter) {
  SeededRandom random(5);
  test::SomeSubject some(random);
  for (int i = 0; i < rounds; ++i) {
    const Subject a = some.subject();
    const Subject b = some.subject();
    if (format_of(a).starts_with("x_") || format_of(b).starts_with("x_")) continue;
    ASSERT_TRUE(is_same_entry(a, without_extra(a)));
    ASSERT_EQ(matches(a, b), matches(without_extra(a), b));
    ASSERT_EQ(covers(a, b), covers(without_extra(a), without_extra(b)));
  }
}

TEST(SubjectLaws, SUB_43_CanonicalisationDoesNotChangeWhatIsForwarded) {
  SeededRandom random(6);
  test::SomeSubject some(random);
  for (int i = 0; i < rounds; ++i) {
    const Subject a = some.subject();
    const Json json = to_json(a);
    const auto again = parse_subject(json);
    ASSERT_TRUE(again) << to_text(json) << again.error().to_string();
    ASSERT_EQ(to_json(*again), json);
    ASSERT_TRUE(is_same_entry(a, *again));
    if (is_simple(a)) ASSERT_EQ(key_of(a), key_of(*again));
  }
}

// The parts of a key, written as a subject again, have the same key.
TEST(SubjectLaws, CanonicalFormsAreTheirOwnCanonicalForm) {
  SeededRandom random(7);
  test::SomeSubject some(random);
  for (int i = 0; i < rounds; ++i) {
    const SubjectIdentifier a = some.identifier();
    const std::string text = SubjectKey(a).text();
    const std::string part = text.substr(text.find('\x1f') + 1);
    if (std::holds_alternative<EmailSubject>(a)) {
      ASSERT_EQ(SubjectKey(EmailSubject{part, {}}), SubjectKey(a));
    } else if (std::holds_alternative<AccountSubject>(a)) {
      ASSERT_EQ(SubjectKey(AccountSubject{"acct:" + part, {}}), SubjectKey(a));
    } else if (std::holds_alternative<PhoneNumberSubject>(a)) {
      ASSERT_EQ(SubjectKey(PhoneNumberSubject{part, {}}), SubjectKey(a));
    }
  }
}

// MAT-13's order: what was removed and then added again is the same entry.
TEST(SubjectLaws, AnEntrySurvivesTheOrderOfItsMembers) {
  SeededRandom random(8);
  test::SomeSubject some(random);
  for (int i = 0; i < rounds; ++i) {
    const ComplexSubject a = some.complex();
    ComplexSubject turned{{a.members.rbegin(), a.members.rend()}, {}};
    ASSERT_TRUE(is_same_entry(a, turned));
    turned.members.pop_back();
    ASSERT_FALSE(is_same_entry(a, turned));
  }
}

}  // namespace
}  // namespace tocsin
