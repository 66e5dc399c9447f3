// Every claims set among the fixtures gets the verdict its index states, for the stated reason.
#include <gmock/gmock.h>

#include "support/fixtures.h"
#include "support/matchers.h"
#include "support/tokens.h"
#include "tocsin/security_event_token.h"

namespace tocsin {
namespace {

using test::IndexRow;
using testing::AnyOf;
using testing::Eq;

constexpr std::chrono::sys_seconds fixture_now{std::chrono::seconds(2'000'000'000)};

LintContext context_of(const std::map<std::string, std::string>& context) {
  LintContext lint;
  lint.now = fixture_now;
  lint.policy.iat_ahead_max = std::chrono::seconds(60);
  const auto value = [&](const char* name) {
    const auto found = context.find(name);
    return found == context.end() ? std::string() : found->second;
  };
  lint.policy.iss = value("iss");
  if (!value("aud").empty()) lint.policy.aud = {value("aud")};
  if (!value("stream_id").empty()) lint.policy.stream_id = value("stream_id");
  if (!value("critical_unprocessable").empty()) {
    lint.policy.critical_unprocessable = {value("critical_unprocessable")};
  }
  if (!value("seen").empty()) lint.seen = {value("seen")};
  if (!value("interop").empty()) lint.policy.strictness = Strictness::interop;
  if (!value("transmitter").empty()) lint.direction = Direction::sent;
  return lint;
}

std::string describe_all(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) text += finding.to_string() + "\n";
  return text;
}

bool has_class(const Findings& findings, std::string_view defect_class) {
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    return describe(finding.code).defect_class == defect_class;
  });
}

std::string refusal_class(const Findings& findings, const LintContext& context) {
  const Finding* refusal = first_refusal(findings, context.policy.strictness, context.direction);
  return refusal == nullptr ? "" : std::string(describe(refusal->code).defect_class);
}

// The verification state is judged by whoever knows what was asked for.
bool is_about_state(const std::map<std::string, std::string>& context) {
  return context.contains("expected_state") || context.contains("no_outstanding");
}

// Covers: SET-03, SSF-3.3-04.
TEST(Fixtures, EveryInvalidSetIsRefusedForTheReasonInTheIndex) {
  int judged = 0;
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const std::string& file = row.at("file");
    if (!file.starts_with("set/")) continue;
    const auto context = test::read_context(row);
    if (is_about_state(context)) continue;
    SCOPED_TRACE(file + ": " + row.at("what is wrong"));
    ++judged;

    const LintContext lint = context_of(context);
    const std::string text = test::read_fixture("invalid/" + file);
    const Findings findings = lint_claims(text, lint);
    SCOPED_TRACE(describe_all(findings));
    const std::string& expected = row.at("expected error class");
    const std::string& level = row.at("level");

    EXPECT_TRUE(has_class(findings, expected)) << expected;
    if (level == "tx" && lint.direction == Direction::received) {
      EXPECT_EQ(refusal_class(findings, lint), "");
      LintContext sending = lint;
      sending.direction = Direction::sent;
      EXPECT_EQ(refusal_class(lint_claims(text, sending), sending), expected);
    } else if (expected.starts_with("warn.")) {
      EXPECT_EQ(refusal_class(findings, lint), "");
    } else {
      EXPECT_EQ(refusal_class(findings, lint), expected);
    }
    if (level == "interop") {
      LintContext plain = lint;
      plain.policy.strictness = Strictness::strict;
      EXPECT_EQ(refusal_class(lint_claims(text, plain), plain), "");
    }

    // The code a peer reads, where one is sent.
    const std::string& code = row.at("set error code");
    if (code.starts_with("invalid_")) {
      const Finding* refusal = first_refusal(findings, lint.policy.strictness, lint.direction);
      ASSERT_NE(refusal, nullptr);
      EXPECT_EQ(describe(refusal->code).err, code);
    }
  }
  EXPECT_EQ(judged, 143);
}

TEST(Fixtures, AnInvalidSetIsValidWithoutItsContext) {
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const std::string& file = row.at("file");
    const auto context = test::read_context(row);
    if (!file.starts_with("set/") || context.empty() || file == "set/nbf-future.json") continue;
    SCOPED_TRACE(file);
    LintContext lint;
    lint.now.reset();
    const Findings findings = lint_claims(test::read_fixture("invalid/" + file), lint);
    EXPECT_EQ(refusal_class(findings, lint), "") << describe_all(findings);
  }
}

TEST(Fixtures, EV_32_EV_33_TheVerificationStateIsJudgedAgainstWhatWasAskedFor) {
  int judged = 0;
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const auto context = test::read_context(row);
    if (!is_about_state(context)) continue;
    SCOPED_TRACE(row.at("file"));
    ++judged;
    const Json claims = test::read_json_fixture("invalid/" + row.at("file"));
    const JsonObject& events = *claims.as_object()->find("events")->as_object();
    const Event event = parse_event(events.begin()->name, events.begin()->value).value();
    std::vector<std::string> outstanding;
    if (context.contains("expected_state")) outstanding = {context.at("expected_state")};
    EXPECT_THAT(judge_verification_state(event, outstanding), test::FailsWith(Errc::event_state));
    EXPECT_EQ(describe(Errc::event_state).err, row.at("set error code"));

    const std::string& state = *std::get<ssf::Verification>(event).state;
    const std::vector<std::string> asked{"another", state};
    EXPECT_TRUE(judge_verification_state(event, asked));
  }
  EXPECT_EQ(judged, 2);
}

TEST(Fixtures, EveryClaimsSetOfTheIndexGetsItsVerdict) {
  std::map<std::string, int> seen;
  for (const IndexRow& row : test::read_index("INDEX.tsv")) {
    if (row.at("kind") != "set") continue;
    const std::string& file = row.at("file");
    const std::string& expected = row.at("expected");
    SCOPED_TRACE(file + ": " + expected);
    ++seen[expected];

    LintContext lint;
    lint.now = fixture_now;
    const std::string text = test::read_fixture(file);
    const Findings findings = lint_claims(text, lint);
    SCOPED_TRACE(describe_all(findings));
    const std::string refusal = refusal_class(findings, lint);
    if (expected == "valid") {
      EXPECT_EQ(refusal, "");
    } else if (expected == "valid-with-warning") {
      EXPECT_EQ(refusal, "");
      EXPECT_TRUE(has_class(findings, "warn.phone"));
    } else if (expected == "structure-valid-time-invalid") {
      EXPECT_EQ(refusal, "claim.time");
      lint.now.reset();
      EXPECT_EQ(refusal_class(lint_claims(text, lint), lint), "");
    } else if (expected == "generic-set-valid" || expected == "other-profile") {
      EXPECT_THAT(refusal, AnyOf(Eq("claim.forbidden"), Eq("claim.missing")));
    } else if (expected == "legacy-valid") {
      // Refused as it stands: no top-level sub_id, or an event type of an early draft.
      EXPECT_THAT(refusal, AnyOf(Eq("claim.missing"), Eq("")));
      if (refusal.empty()) EXPECT_TRUE(has_class(findings, "event.unknown"));
    } else {
      ADD_FAILURE() << "no rule for this verdict";
    }
  }
  EXPECT_GE(seen["valid"], 60);
  EXPECT_EQ(seen["valid-with-warning"], 1);
  EXPECT_EQ(seen["structure-valid-time-invalid"], 1);
}

// What is read and written again is the same value, whatever it holds that we do not know.
TEST(Fixtures, EV_04_EveryValidClaimsSetRoundTrips) {
  const SigningKey key = SigningKey::generate(Algorithm::ES256).value();
  const KeySet keys = KeySet::of({key});
  for (const IndexRow& row : test::read_index("INDEX.tsv")) {
    if (row.at("kind") != "set" || !row.at("expected").starts_with("valid")) continue;
    SCOPED_TRACE(row.at("file"));
    const Json json = test::read_json_fixture(row.at("file"));
    const JsonObject& object = *json.as_object();
    const std::string payload = to_text(json);
    const std::string header = R"({"typ":"secevent+jwt","alg":"ES256","kid":")" + key.kid() + "\"}";
    const std::string compact = test::sign(header, payload, key);

    SetPolicy policy;
    policy.iss = *object.find("iss")->as_string();
    const Json& aud = *object.find("aud");
    policy.aud = {aud.as_string() ? *aud.as_string() : *aud.as_array()->front().as_string()};
    const auto verified = verify(compact, keys, policy, fixture_now);
    ASSERT_THAT(verified, test::Succeeds());
    Json again = to_json(verified->claims());
    // One value of aud is written as a string, whichever shape it had (CL-41).
    if (aud.as_array() && aud.as_array()->size() == 1) {
      again.as_object()->insert_or_assign("aud", aud);
    }
    EXPECT_EQ(again, json) << to_text(again);
  }
}

}  // namespace
}  // namespace tocsin
