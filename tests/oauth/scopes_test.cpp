#include "oauth/scopes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "support/matchers.h"

namespace tocsin::oauth {
namespace {

using test::FailsWith;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> every_scope = {
    "ssf.read",          "ssf.manage",        "ssf.manage.create",
    "ssf.manage.update", "ssf.manage.delete", "ssf.manage.poll",
    "tocsin.publish",    "tocsin.admin",      "ssf",
    "ssf.manage.status", "SSF.manage",        "ssf.manage "};

// One character per scope above: x allows.
struct Row {
  Operation operation;
  std::string cells;
};

void expect_matrix(const std::vector<Row>& matrix, const ScopeOptions& options) {
  ASSERT_EQ(matrix.size(), std::size(operations));
  for (const Row& row : matrix) {
    ASSERT_EQ(row.cells.size(), every_scope.size());
    const std::vector<std::string> accepted = accepted_scopes(row.operation, options);
    for (std::size_t i = 0; i < every_scope.size(); ++i) {
      EXPECT_EQ(std::ranges::count(accepted, every_scope[i]), row.cells[i] == 'x' ? 1 : 0)
          << static_cast<int>(row.operation) << " " << every_scope[i];
    }
  }
}

// IOP-2.7.3-05 to -07 and A-49.
TEST(Scopes, SEC_04_EveryCellOfTheMatrix) {
  expect_matrix({{Operation::read_configuration, "xx.........."},
                 {Operation::create_stream, ".x.........."},
                 {Operation::update_stream, ".x.........."},
                 {Operation::delete_stream, ".x.........."},
                 {Operation::read_status, "xx.........."},
                 {Operation::update_status, ".x.........."},
                 {Operation::add_subject, ".x.........."},
                 {Operation::remove_subject, ".x.........."},
                 {Operation::request_verification, ".x.........."},
                 {Operation::poll, ".x.........."},
                 {Operation::publish, "......x....."},
                 {Operation::administer, ".......x...."}},
                {});
}

// Covers: DLV-IOP-05.
TEST(Scopes, IOP_2_7_3_08_FinerWordsCountOnlyWhereTheyAreEnabled) {
  expect_matrix({{Operation::read_configuration, "xx.........."},
                 {Operation::create_stream, ".xx........."},
                 {Operation::update_stream, ".x.x........"},
                 {Operation::delete_stream, ".x..x......."},
                 {Operation::read_status, "xx.........."},
                 {Operation::update_status, ".x.........."},
                 {Operation::add_subject, ".x.........."},
                 {Operation::remove_subject, ".x.........."},
                 {Operation::request_verification, ".x.........."},
                 {Operation::poll, ".x...x......"},
                 {Operation::publish, "......x....."},
                 {Operation::administer, ".......x...."}},
                {.finer = true, .poll = true});
}

// Covers: IOP-2.7.3-03, IOP-2.7.3-04.
TEST(Scopes, SupportedAreExactlyTheWordsOfTheTable) {
  EXPECT_THAT(known_scopes(),
              ElementsAre("ssf.read", "ssf.manage", "tocsin.publish", "tocsin.admin"));
  EXPECT_THAT(
      known_scopes({.finer = true, .poll = true}),
      ElementsAre("ssf.read", "ssf.manage", "ssf.manage.create", "ssf.manage.update",
                  "ssf.manage.delete", "ssf.manage.poll", "tocsin.publish", "tocsin.admin"));
}

TEST(Scopes, RFC_6749_3_3_AreWordsBetweenSpaces) {
  EXPECT_THAT(parse_scope("b a  b ").value(), ElementsAre("b", "a"));
  EXPECT_THAT(parse_scope("").value(), IsEmpty());
  EXPECT_THAT(parse_scope("https://a/b:c").value(), ElementsAre("https://a/b:c"));
  for (const std::string_view wrong : {"a\tb", "a\"b", "a\\b", "a\nb", "\xc3\xa9"}) {
    EXPECT_THAT(parse_scope(wrong), FailsWith(Errc::token_scope_request)) << wrong;
  }
  std::string many;
  for (std::size_t i = 0; i <= scopes_max; ++i) many += "s" + std::to_string(i) + " ";
  EXPECT_THAT(parse_scope(many), FailsWith(Errc::token_scope_request));
  EXPECT_EQ(to_scope({"a", "b"}), "a b");
}

}  // namespace
}  // namespace tocsin::oauth
