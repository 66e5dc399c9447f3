// The fixtures' indexes: every row has a test that judges it, and those that belong to JOSE alone
// are judged here.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "jose/jws.h"
#include "support/fixtures.h"
#include "support/matchers.h"

namespace tocsin::jose {
namespace {

using test::FailsWith;
using test::IndexRow;

constexpr HeaderRules set_rules{.algorithms = {Algorithm::RS256, Algorithm::ES256}};

// SSF shows HS256 in its example of a header: the typ is right, the algorithm is not ours.
TEST(JoseFixtures, HeadersAreRefusedForTheirAlgorithmAlone) {
  const std::map<std::string, Errc> expected{
      {"ssf/jose-header-explicit-typ.json", Errc::jose_alg_unsupported},
      {"rfc8417/fig6-jose-header.json", Errc::jose_alg}};
  for (const IndexRow& row : test::read_index("INDEX.tsv")) {
    if (row.at("kind") != "jose-header") continue;
    const auto header = parse_header(test::read_fixture(row.at("file")));
    ASSERT_TRUE(header) << row.at("file");
    const Findings findings = judge_header(*header, set_rules);
    ASSERT_EQ(findings.size(), 1U) << row.at("file");
    EXPECT_EQ(findings.front().code, expected.at(row.at("file")));
  }
}

TEST(JoseFixtures, AnUnsecuredTokenIsRefused) {
  const Json fixture = test::read_json_fixture("rfc8417/fig6-compact-unsecured.json");
  const std::string& compact = *fixture.as_object()->find("compact")->as_string();
  EXPECT_THAT(read_jws(compact, set_rules), FailsWith(Errc::jose_alg));
}

// Kinds and folders, how many rows each has, and who judges them. A row that nobody counts on shows
// here.
TEST(JoseFixtures, EveryRowOfTheIndexesHasAJudge) {
  std::map<std::string, int> kinds;
  for (const IndexRow& row : test::read_index("INDEX.tsv")) ++kinds[row.at("kind")];
  EXPECT_EQ(kinds, (std::map<std::string, int>{
                       {"set", 87},            // set/, event/
                       {"set-fragment", 1},    // event/
                       {"event-fragment", 2},  // event/
                       {"subject", 24},        // subject/
                       {"legacy-subject", 4},  // subject/
                       {"jwt-fragment", 8},    // subject/
                       {"jose-header", 2},     // here
                       {"compact", 1},         // here
                       {"metadata", 1},        // stream/, and all that follow
                       {"metadata-fragment", 2},
                       {"legacy-stream", 2},
                       {"stream-config", 5},
                       {"stream-config-list", 3},
                       {"stream-create", 2},
                       {"stream-replace", 1},
                       {"stream-status", 4},
                       {"stream-update", 1},
                       {"subject-add", 1},
                       {"subject-remove", 2},
                       {"verification-request", 1},
                   }));
  std::map<std::string, int> folders;
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const std::string& file = row.at("file");
    ++folders[file.substr(0, file.find('/'))];
  }
  EXPECT_EQ(folders, (std::map<std::string, int>{
                         {"jose-header", 27},  // header_test.cpp
                         {"jwks", 18},         // jwks_test.cpp
                         {"set", 145},         // set/: 143 by their claims, 2 by their state
                         {"subject", 73},      // subject/
                         {"metadata", 11},     // stream/, and all that follow
                         {"stream-config", 28},
                         {"stream-create", 7},
                         {"stream-replace", 1},
                         {"stream-status", 3},
                         {"stream-update", 3},
                         {"subject-add", 3},
                         {"subject-remove", 1},
                         {"verification-request", 2},
                     }));
}

}  // namespace
}  // namespace tocsin::jose
