// Every subject among the fixtures: valid ones come back equal, invalid ones are refused for the
// reason their index states.
#include <gmock/gmock.h>

#include "support/findings.h"
#include "support/fixtures.h"
#include "support/matchers.h"
#include "tocsin/subject.h"

namespace tocsin {
namespace {

using test::FailsWith;
using test::IndexRow;
using testing::Contains;

// "subject.value must", as the index has it.
std::vector<std::string> verdicts(const Findings& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) {
    EXPECT_NE(finding.section, "") << finding.to_string();
    texts.push_back(test::verdict(finding));
  }
  return texts;
}

void expect_round_trip(const Json& json, const std::string& name) {
  Findings findings;
  const auto subject = read_subject(json, Strictness::strict, "/sub_id", findings);
  ASSERT_TRUE(subject) << name << ": " << findings.front().to_string();
  EXPECT_EQ(to_json(*subject), json) << name;
  EXPECT_TRUE(findings.empty()) << name << ": " << findings.front().to_string();
  judge_subject(*subject, "", findings);
  EXPECT_TRUE(findings.empty()) << name << ": " << findings.front().to_string();
}

// Covers: SSF-3.2-01, SSF-3.3-02, SSF-3.5.1-01, SSF-3.5.2-01, SSF-3.5.3-01, SID-02, SID-03.
// Covers: IOP-2.5-05.
TEST(SubjectFixtures, ValidSubjectsComeBackEqualWithoutRemark) {
  int seen = 0;
  for (const IndexRow& row : test::read_index("INDEX.tsv")) {
    if (row.at("kind") != "subject") continue;
    ASSERT_EQ(row.at("expected"), "valid") << row.at("file");
    expect_round_trip(test::read_json_fixture(row.at("file")), row.at("file"));
    ++seen;
  }
  EXPECT_EQ(seen, 24);
}

TEST(SubjectFixtures, TheSubjectsInsideRfc9493JwtsComeBackEqual) {
  int seen = 0;
  for (const IndexRow& row : test::read_index("INDEX.tsv")) {
    if (row.at("kind") != "jwt-fragment" || !row.at("file").starts_with("rfc9493/")) continue;
    const Json jwt = test::read_json_fixture(row.at("file"));
    expect_round_trip(*jwt.as_object()->find("sub_id"), row.at("file"));
    ++seen;
  }
  EXPECT_EQ(seen, 8);
}

// Covers: SSF-3.3-01, SSF-3.3-05, SSF-3.5.1-01, SSF-3.5.2-01, SSF-3.5.3-01, SID-02, SID-03.
TEST(SubjectFixtures, EachInvalidSubjectIsRefusedForItsStatedReason) {
  int seen = 0;
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const std::string& file = row.at("file");
    if (!file.starts_with("subject/")) continue;
    ++seen;
    const std::string& defect = row.at("expected error class");
    if (defect == "json.duplicate") {
      EXPECT_THAT(parse_json(test::read_fixture("invalid/" + file)),
                  FailsWith(Errc::json_duplicate))
          << file;
      continue;
    }
    const Json json = test::read_json_fixture("invalid/" + file);
    Findings findings;
    read_subject(json, Strictness::strict, "", findings);
    std::vector<std::string> found = verdicts(findings);
    EXPECT_THAT(found, Contains(defect + " " + row.at("level"))) << file;

    // One fault each: beside it, at most members that a format does not describe.
    std::erase(found, defect + " " + row.at("level"));
    std::erase(found, "subject.extra tx");
    EXPECT_THAT(found, testing::IsEmpty()) << file;

    const bool refused = row.at("level") == "must" || row.at("level") == "policy";
    const auto parsed = parse_subject(json);
    EXPECT_EQ(parsed.has_value(), !refused) << file;
    if (refused && !parsed) {
      EXPECT_EQ(describe(parsed.error().code).defect_class, defect) << file;
    }
    if (parsed) EXPECT_EQ(to_json(*parsed), json) << file;
    const auto lenient = parse_subject(json, Strictness::lenient);
    const bool mended = file == "subject/complex-bad-extension-member.json";
    EXPECT_EQ(lenient.has_value(), row.at("level") != "must" || mended) << file;
    if (lenient) EXPECT_EQ(to_json(*lenient), json) << file;
  }
  EXPECT_EQ(seen, 73);
}

TEST(SubjectFixtures, LegacyFormsAreRefusedAsFormats) {
  for (const char* file :
       {"oauth/subject-oauth-token.json", "oauth/subject-oauth-client.json",
        "legacy/sse-subject-jwt-id.json", "legacy/sse-subject-saml-assertion-id.json"}) {
    EXPECT_THAT(parse_subject(test::read_json_fixture(file)), FailsWith(Errc::subject_format))
        << file;
  }
}

TEST(SubjectFixtures, AProprietaryFormatIsKeptWhole) {
  const Json set = test::read_json_fixture("ssf/set-proprietary-subject-format.json");
  const Json& json = *set.as_object()->find("sub_id");
  const auto subject = parse_subject(json);
  ASSERT_TRUE(subject);
  EXPECT_TRUE(std::holds_alternative<OtherSubject>(std::get<SubjectIdentifier>(*subject)));
  EXPECT_EQ(format_of(*subject), "catalog_item");
  EXPECT_EQ(to_json(*subject), json);
}

TEST(SubjectFixtures, APhoneNumberWithSpacesIsAcceptedWithAWarning) {
  const Json set = test::read_json_fixture("ssf/set-risc-account-disabled-phone.json");
  Findings findings;
  const auto subject =
      read_subject(*set.as_object()->find("sub_id"), Strictness::strict, "/sub_id", findings);
  ASSERT_TRUE(subject);
  EXPECT_THAT(verdicts(findings), testing::ElementsAre("warn.phone warn"));
  EXPECT_EQ(findings.front().path, "/sub_id/phone_number");
}

}  // namespace
}  // namespace tocsin
