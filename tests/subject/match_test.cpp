#include <gmock/gmock.h>

#include "build.h"
#include "support/fixtures.h"

namespace tocsin {
namespace {

using test::subject;

bool flag(const JsonObject& object, std::string_view name) {
  return *object.find(name)->as_bool();
}

Subject member_of(const JsonObject& object, std::string_view name) {
  auto parsed = parse_subject(*object.find(name));
  EXPECT_TRUE(parsed);
  return parsed ? std::move(parsed).value() : Subject();
}

const Json& cases_of(const Json& document) {
  return *document.as_object()->find("cases");
}

// Covers: SSF-8.1.3.1-02, A-26.
TEST(Matches, TheTruthTableHoldsInBothDirections) {
  const Json document = test::read_json_fixture("matching/cases.json");
  int seen = 0;
  for (const Json& row : *cases_of(document).as_array()) {
    const JsonObject& fields = *row.as_object();
    const std::string& id = *fields.find("id")->as_string();
    const Subject added = member_of(fields, "added");
    const Subject event = member_of(fields, "event");
    EXPECT_EQ(matches(added, event), flag(fields, "recommended")) << id;
    EXPECT_EQ(matches(event, added), flag(fields, "recommended")) << id << " the other way";
    ++seen;
  }
  EXPECT_EQ(seen, 46);
}

// Covers: SSF-8.1.3.1-03.
TEST(Matches, ThePairsOfTheSpecificationMatchAsItSays) {
  const auto pair_matches = [](const std::string& number) {
    const auto load = [&number](const std::string& part) {
      auto parsed = parse_subject(test::read_json_fixture("ssf/match-" + number + part + ".json"));
      EXPECT_TRUE(parsed);
      return std::move(parsed).value();
    };
    return matches(load("-added"), load("-event"));
  };
  EXPECT_TRUE(pair_matches("1"));
  EXPECT_TRUE(pair_matches("2"));
  EXPECT_FALSE(pair_matches("3"));
}

TEST(Covers, TheExclusionTableHolds) {
  const Json document = test::read_json_fixture("matching/exclusion.json");
  int seen = 0;
  for (const Json& row : *cases_of(document).as_array()) {
    const JsonObject& fields = *row.as_object();
    EXPECT_EQ(covers(member_of(fields, "removed"), member_of(fields, "event")),
              flag(fields, "suppressed"))
        << *fields.find("id")->as_string();
    ++seen;
  }
  EXPECT_EQ(seen, 6);
}

// The wildcard rule widens nothing that shares no member (SEC-15): a device is no tenant.
// Covers: A-24, SSF-8.1.3.1-05.
TEST(Matches, SEC_15_DisjointComplexSubjectsNeverMatch) {
  const Subject device = subject(R"({"format":"complex","device":{"format":"opaque","id":"d"}})");
  const Subject tenant = subject(
      R"({"format":"complex","tenant":{"format":"opaque","id":"d"},"user":{"format":"opaque","id":"d"}})");
  EXPECT_FALSE(matches(device, tenant));
  EXPECT_FALSE(covers(device, tenant));
}

TEST(Matches, SEC_15_AComplexSubjectWithoutMembersMatchesNothing) {
  const Subject nobody = ComplexSubject{};
  const Subject user = subject(R"({"format":"complex","user":{"format":"opaque","id":"u"}})");
  EXPECT_FALSE(matches(nobody, user));
  EXPECT_FALSE(matches(nobody, nobody));
  EXPECT_FALSE(covers(nobody, user));
}

TEST(IsSameEntry, SUB_44_ComparesWholeSubjects) {
  const Subject email = subject(R"({"format":"email","email":"a@b.example"})");
  const Subject shouted = subject(R"({"format":"email","email":"a@B.EXAMPLE","x":1})");
  const Subject user =
      subject(R"({"format":"complex","user":{"format":"email","email":"a@b.example"}})");
  const Subject shouted_user =
      subject(R"({"format":"complex","user":{"format":"email","email":"a@B.example"}})");
  const Subject session = subject(
      R"({"format":"complex","session":{"format":"opaque","id":"s"},
          "user":{"format":"email","email":"a@b.example"}})");
  const Subject session_last = subject(
      R"({"format":"complex","user":{"format":"email","email":"a@b.example"},
          "session":{"format":"opaque","id":"s"}})");
  EXPECT_TRUE(is_same_entry(email, shouted));
  EXPECT_TRUE(is_same_entry(user, shouted_user));
  EXPECT_TRUE(is_same_entry(session, session_last));
  EXPECT_FALSE(is_same_entry(user, session));
  EXPECT_FALSE(is_same_entry(session, user));
  EXPECT_FALSE(is_same_entry(email, user));
}

// Covers: A-26.
TEST(IsSameEntry, SUB_44_AliasesAreTheSameOnlyWithTheSameKeys) {
  const Subject both = subject(
      R"({"format":"aliases","identifiers":[{"format":"opaque","id":"1"},{"format":"opaque","id":"2"}]})");
  const Subject turned = subject(
      R"({"format":"aliases","identifiers":[{"format":"opaque","id":"2"},{"format":"opaque","id":"1"}]})");
  const Subject one =
      subject(R"({"format":"aliases","identifiers":[{"format":"opaque","id":"1"}]})");
  EXPECT_TRUE(is_same_entry(both, turned));
  EXPECT_TRUE(matches(both, one));
  EXPECT_FALSE(is_same_entry(both, one));
  EXPECT_FALSE(is_same_entry(one, subject(R"({"format":"opaque","id":"1"})")));
}

TEST(FindCritical, SUB_60_NamesAMemberThatCannotBeProcessed) {
  const std::vector<std::string> unprocessable{"tenant", "device"};
  const Subject both = subject(
      R"({"format":"complex","device":{"format":"opaque","id":"d"},"user":{"format":"opaque","id":"u"}})");
  EXPECT_EQ(find_critical(both, unprocessable), "device");
}

TEST(FindCritical, SUB_62_AbsentNamesAndSimpleSubjectsHaveNoEffect) {
  const std::vector<std::string> unprocessable{"device", "id"};
  EXPECT_EQ(find_critical(opaque_subject("d"), unprocessable), "");
  EXPECT_EQ(find_critical(subject(R"({"format":"complex","user":{"format":"opaque","id":"u"}})"),
                          unprocessable),
            "");
}

}  // namespace
}  // namespace tocsin
