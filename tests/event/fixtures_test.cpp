// Events made by others: every fixture with an event is read, judged as its index says, and written
// back with the same value.
#include <gmock/gmock.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "event/support.h"
#include "support/fixtures.h"
#include "tocsin/event.h"

namespace tocsin {
namespace {

using test::IndexRow;
using test::json;

// The payloads of a SET, by type; empty if `events` is no object.
std::vector<std::pair<std::string, Json>> events_of(const Json& claims) {
  std::vector<std::pair<std::string, Json>> events;
  const Json* member = claims.as_object() ? claims.as_object()->find("events") : nullptr;
  if (member == nullptr || member->as_object() == nullptr) return events;
  for (const JsonMember& event : *member->as_object()) events.emplace_back(event.name, event.value);
  return events;
}

const Json* claim(const Json& claims, std::string_view name) {
  return claims.as_object()->find(name);
}

struct Judgement {
  Strictness strictness = Strictness::strict;
  bool is_sent = false;
  std::optional<std::string> stream_id{};
};

Findings judge_all(const Json& claims, const std::pair<std::string, Json>& payload,
                   const Judgement& how) {
  Findings findings;
  const EventContext context{.strictness = how.strictness};
  const Event event = read_event(payload.first, payload.second, context, findings);
  if (const Json* sub_id = claim(claims, "sub_id")) {
    if (const auto subject = parse_subject(*sub_id, how.strictness)) {
      SetAround set{.sub_id = *subject, .has_txn = claim(claims, "txn") != nullptr};
      set.iat = std::chrono::sys_seconds(std::chrono::seconds(2'000'000'000));
      if (how.stream_id) set.stream_id = *how.stream_id;
      judge_event_in_set(event, set, context, findings);
    }
  }
  if (how.is_sent) judge_event_to_send(event, context, findings);
  return findings;
}

bool has_events(const IndexRow& row) {
  return row.at("kind") == "set" || row.at("kind") == "set-fragment";
}

TEST(Fixtures, EveryPayloadReadsAndWritesBackWithTheSameValue) {
  int payloads = 0;
  for (const IndexRow& row : test::read_index("INDEX.tsv")) {
    if (!has_events(row)) continue;
    const Json claims = test::read_json_fixture(row.at("file"));
    const auto events = events_of(claims);
    EXPECT_FALSE(events.empty()) << row.at("file");
    for (const auto& [type, payload] : events) {
      Findings findings;
      const Event event = read_event(type, payload, {}, findings);
      EXPECT_EQ(to_json(event), payload) << row.at("file");
      EXPECT_EQ(type_of(event), type) << row.at("file");
      EXPECT_EQ(std::holds_alternative<OtherEvent>(event), !is_known_event_type(type));
      ++payloads;
    }
  }
  EXPECT_GE(payloads, 88);
}

TEST(Fixtures, AValidSetHasNoFaultInItsEvent) {
  const std::set<std::string> valid{"valid", "valid-with-warning", "structure-valid-time-invalid"};
  int sets = 0;
  for (const IndexRow& row : test::read_index("INDEX.tsv")) {
    if (row.at("kind") != "set" || !valid.contains(row.at("expected"))) continue;
    const Json claims = test::read_json_fixture(row.at("file"));
    for (const auto& event : events_of(claims)) {
      EXPECT_TRUE(is_known_event_type(event.first)) << row.at("file");
      EXPECT_THAT(judge_all(claims, event, {}), testing::IsEmpty()) << row.at("file");
      ++sets;
    }
  }
  EXPECT_GE(sets, 60);
}

//
TEST(Fixtures, ALegacyEventIsTakenWhereLegacyPeersAre) {
  int sets = 0;
  for (const IndexRow& row : test::read_index("INDEX.tsv")) {
    if (row.at("kind") != "set" || row.at("expected") != "legacy-valid") continue;
    const Json claims = test::read_json_fixture(row.at("file"));
    for (const auto& event : events_of(claims)) {
      const Findings findings = judge_all(claims, event, {.strictness = Strictness::lenient});
      EXPECT_EQ(first_refusal(findings, Strictness::lenient, Direction::received), nullptr)
          << row.at("file");
      Findings unused;
      EXPECT_FALSE(std::holds_alternative<OtherEvent>(
          read_event(event.first, event.second, {.strictness = Strictness::lenient}, unused)))
          << row.at("file");
      ++sets;
    }
  }
  EXPECT_GE(sets, 14);
}

TEST(Fixtures, FragmentsOfCaep2AreReasons) {
  int fragments = 0;
  for (const IndexRow& row : test::read_index("INDEX.tsv")) {
    if (row.at("kind") != "event-fragment") continue;
    const Json payload = test::read_json_fixture(row.at("file"));
    const auto event = parse_event(test::caep_prefix + "session-revoked", payload);
    ASSERT_THAT(event, test::Succeeds()) << row.at("file");
    EXPECT_TRUE(std::get<caep::SessionRevoked>(*event).extra.empty()) << row.at("file");
    EXPECT_EQ(to_json(*event), payload) << row.at("file");
    ++fragments;
  }
  EXPECT_EQ(fragments, 2);
}

Level level_named(const std::string& name) {
  const std::map<std::string, Level> levels{{"must", Level::must},
                                            {"should", Level::should},
                                            {"policy", Level::policy},
                                            {"interop", Level::interop},
                                            {"tx", Level::tx}};
  return levels.at(name);
}

// What the event room does not judge, and who does.
bool is_for_others(const IndexRow& row) {
  static const std::set<std::string> files{
      "set/events-array.json",                    // set/: `events` itself
      "set/events-empty.json",                    //
      "set/events-null.json",                     //
      "set/events-string.json",                   //
      "set/two-caep-events.json",                 // set/: how many
      "set/two-different-events.json",            //
      "set/ssf-verification-unasked-state.json",  // the caller's memory of what it asked for
      "set/ssf-verification-wrong-state.json",    //
  };
  return files.contains(row.at("file"));
}

bool is_about_events(const IndexRow& row) {
  const std::string& defect = row.at("expected error class");
  return defect.starts_with("event.") || defect.starts_with("events.") ||
         defect == "subject.conflict" || defect == "warn.milliseconds" ||
         row.at("file") == "set/scim-async-no-txn.json";
}

TEST(Fixtures, EveryInvalidEventGetsItsClassAndLevel) {
  int judged = 0;
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const std::string& file = row.at("file");
    if (!file.starts_with("set/") || !is_about_events(row) || is_for_others(row)) continue;
    const auto context = test::read_context(row);
    Judgement how;
    if (context.contains("interop")) how.strictness = Strictness::interop;
    how.is_sent = context.contains("transmitter");
    if (context.contains("stream_id")) how.stream_id = context.at("stream_id");

    const Json claims = test::read_json_fixture("invalid/" + file);
    const auto events = events_of(claims);
    ASSERT_EQ(events.size(), 1u) << file;
    const Findings findings = judge_all(claims, events[0], how);
    ++judged;
    ASSERT_FALSE(findings.empty()) << file;
    EXPECT_EQ(describe(findings[0].code).defect_class, row.at("expected error class")) << file;
    // The index tells who minds; what is accepted all the same is a warning.
    const Level level =
        row.at("set error code") == "(accept, warn)" ? Level::warn : level_named(row.at("level"));
    EXPECT_EQ(findings[0].level, level) << file;
    // One fault each, but for the one whose remark says so.
    if (file == "set/scim-create-notice-data.json") continue;
    for (const Finding& finding : findings) EXPECT_EQ(finding.code, findings[0].code) << file;
  }
  EXPECT_EQ(judged, 86);
}

TEST(Fixtures, AFaultElsewhereInASetIsNotBlamedOnItsEvent) {
  int judged = 0;
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const std::string& file = row.at("file");
    if (!file.starts_with("set/") || is_about_events(row)) continue;
    if (row.at("expected error class").starts_with("json.")) continue;  // not to be read at all
    const Json claims = test::read_json_fixture("invalid/" + file);
    for (const auto& event : events_of(claims)) {
      const Findings findings = judge_all(claims, event, {});
      EXPECT_EQ(first_refusal(findings, Strictness::strict, Direction::received), nullptr) << file;
      ++judged;
    }
  }
  EXPECT_GE(judged, 40);
}

TEST(Fixtures, ALegacyPeerIsForgivenWhatItsSlipsAre) {
  for (const char* file :
       {"set/caep-credential-change-type-past-tense.json",
        "set/caep-session-established-amr-string.json", "set/caep-reason-admin-string.json",
        "set/caep-event-timestamp-milliseconds.json", "set/caep-reason-user-null.json",
        "set/caep-risk-previous-null.json", "set/scim-upper-case-urn.json",
        "set/scim-async-camel-case.json", "set/unknown-sse-verification.json",
        "set/unknown-caep-token-claims-changed.json"}) {
    const Json claims = test::read_json_fixture("invalid/" + std::string(file));
    for (const auto& event : events_of(claims)) {
      const Findings findings = judge_all(claims, event, {.strictness = Strictness::lenient});
      EXPECT_EQ(first_refusal(findings, Strictness::lenient, Direction::received), nullptr) << file;
      EXPECT_FALSE(findings.empty()) << file << ": nothing is mended in silence";
      Findings unused;
      EXPECT_FALSE(std::holds_alternative<OtherEvent>(
          read_event(event.first, event.second, {.strictness = Strictness::lenient}, unused)))
          << file;
    }
  }
}

}  // namespace
}  // namespace tocsin
