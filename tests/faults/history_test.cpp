// The judge of the fault rig: a good run passes, and each invariant catches the run that breaks it.
#include "faults/history.h"

#include <gmock/gmock.h>

#include <functional>

namespace tocsin::test {
namespace {

using testing::Contains;
using testing::Each;
using testing::Field;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;

constexpr auto acknowledged = Sighting::Answer::acknowledged;

Publication event(std::string name, Moment sent) {
  return {.name = std::move(name),
          .subjects = {"email:a"},
          .streams = {"push", "poll"},
          .sent = sent,
          .answered = sent + 1ms,
          .answer = Publication::Answer::accepted};
}

Sighting sighting(const std::string& stream, const std::string& name, Moment at) {
  return {.stream = stream,
          .event = name,
          .jti = stream + "-" + name,
          .iss = "https://tr",
          .aud = "https://" + stream,
          .claims = "{" + name + "}",
          .compact = "bytes of " + name,
          .kid = "k1",
          .defect = "",
          .at = at,
          .answer = acknowledged,
          .answered = at + 1ms};
}

Row row(std::string stream, const std::string& name) {
  Row row{.stream = std::move(stream), .event = name, .jti = "", .state = Row::State::delivered};
  row.jti = row.stream + "-" + name;
  return row;
}

// Two events about one subject, on a push stream and on a poll stream.
History good_run() {
  History run;
  run.streams["push"] = {"https://tr", "https://push", false};
  run.streams["poll"] = {"https://tr", "https://poll", true};
  run.publications = {event("e1", 10ms), event("e2", 20ms)};
  run.sightings = {sighting("push", "e1", 30ms), sighting("poll", "e1", 31ms),
                   sighting("poll", "e2", 31ms), sighting("push", "e2", 40ms)};
  run.rows = {row("push", "e1"), row("poll", "e1"), row("push", "e2"), row("poll", "e2")};
  run.outputs = {{"log", R"({"event":"started"})"}};
  run.secrets = {"hunter2"};
  run.in_flight_max = 1;
  run.grace = 5ms;
  return run;
}

// What is seen once more, as it was.
Sighting again(const History& run, std::size_t place, Moment at) {
  Sighting more = run.sightings[place];
  more.at = at;
  more.answered = at + 1ms;
  return more;
}

struct Case {
  const char* name;
  Invariant broken;
  std::function<void(History&)> break_it;
};

std::ostream& operator<<(std::ostream& out, const Case& each) {
  return out << each.name;
}

class JudgeCatches : public testing::TestWithParam<Case> {};

TEST_P(JudgeCatches, ThisAndNothingElse) {
  History run = good_run();
  ASSERT_THAT(judge(run), IsEmpty());
  GetParam().break_it(run);
  const std::vector<Violation> found = judge(run);
  EXPECT_THAT(found, Not(IsEmpty()));
  EXPECT_THAT(found, Each(Field(&Violation::invariant, GetParam().broken)));
}

const Case cases[] = {
    {"ASetTheStoreCallsDeliveredAndNobodySaw", Invariant::i1_no_loss,
     [](History& run) { run.sightings.erase(run.sightings.begin() + 3); }},
    {"AnAckThatNobodyGave", Invariant::i1_no_loss,
     [](History& run) { run.sightings[3].answer = Sighting::Answer::other; }},
    {"AnEventNobodyPublished", Invariant::i2_nothing_extra,
     [](History& run) { run.sightings.push_back(sighting("push", "e9", 50ms)); }},
    {"AnEventThatWasRefused", Invariant::i2_nothing_extra,
     [](History& run) {
       Publication refused = event("e3", 45ms);
       refused.answer = Publication::Answer::refused;
       run.publications.push_back(refused);
       run.sightings.push_back(sighting("push", "e3", 50ms));
     }},
    {"AnEventFromTheFuture", Invariant::i2_nothing_extra,
     [](History& run) { run.sightings[0].at = 9ms; }},
    {"AnotherJtiForTheSameEvent", Invariant::i3_same_identity,
     [](History& run) {
       run.faults = 1;
       run.sightings.push_back(again(run, 3, 50ms));
       run.sightings.back().jti = "other";
     }},
    {"OtherClaimsUnderTheSameJti", Invariant::i3_same_identity,
     [](History& run) {
       run.faults = 1;
       run.sightings.push_back(again(run, 3, 50ms));
       run.sightings.back().claims = "{other}";
     }},
    {"OtherBytesOfAKeyThatIsNotRetired", Invariant::i3_same_identity,
     [](History& run) {
       run.faults = 1;
       run.sightings.push_back(again(run, 3, 50ms));
       run.sightings.back().compact = "signed again";
       run.sightings.back().kid = "k2";
     }},
    {"AJtiOfTwoEvents", Invariant::i3_same_identity,
     [](History& run) { run.sightings[3].jti = run.sightings[0].jti; }},
    {"APushThatOvertookWhatIsNotAcknowledged", Invariant::i4_order,
     [](History& run) {
       run.sightings[0].answer = Sighting::Answer::other;
       run.sightings.push_back(again(run, 0, 50ms));
       run.sightings.back().answer = acknowledged;
     }},
    {"APollThatListsTheLaterFirst", Invariant::i4_order,
     [](History& run) { std::swap(run.sightings[1], run.sightings[2]); }},
    {"ARepeatWithoutAFault", Invariant::i5_duplicates,
     [](History& run) { run.sightings.push_back(again(run, 3, 50ms)); }},
    {"MoreRepeatsThanWereInFlight", Invariant::i5_duplicates,
     [](History& run) {
       run.faults = 1;
       run.sightings.push_back(again(run, 0, 50ms));
       run.sightings.push_back(again(run, 3, 51ms));
     }},
    {"AnotherStreamsEvent", Invariant::i6_right_stream,
     [](History& run) {
       run.publications[1].streams = {"poll"};
       run.rows.erase(run.rows.begin() + 2);
     }},
    {"AnotherStreamsAudience", Invariant::i6_right_stream,
     [](History& run) { run.sightings[0].aud = "https://poll"; }},
    {"AStreamNobodyMade", Invariant::i6_right_stream,
     [](History& run) { run.sightings.push_back(sighting("nobody", "", 50ms)); }},
    {"ASubjectThatWasRemoved", Invariant::i7_removal,
     [](History& run) { run.removals = {{"push", "email:a", 32ms}}; }},
    {"ASubjectWhoseOldEventsCameBack", Invariant::i7_removal,
     [](History& run) { run.removals = {{"push", "email:a", 36ms, 38ms}}; }},
    {"AnEventWhilePaused", Invariant::i8_status,
     [](History& run) { run.statuses = {{"push", StatusSpan::Status::paused, 32ms, 50ms}}; }},
    {"AnythingAfterTheEndOfTheStream", Invariant::i8_status,
     [](History& run) {
       run.statuses = {{"push", StatusSpan::Status::deleted, 41ms}};
       run.sightings.push_back(sighting("push", "", 50ms));
     }},
    {"APollThatBringsBackWhatWasAcknowledged", Invariant::i9_ack_is_final,
     [](History& run) { run.sightings.push_back(again(run, 1, 50ms)); }},
    {"ASignatureNobodyCanCheck", Invariant::i10_verifies,
     [](History& run) { run.sightings[2].defect = "signature"; }},
    {"AnAcceptedEventThatIsOnNoBook", Invariant::i11_books_balance,
     [](History& run) { run.rows.pop_back(); }},
    {"AnEventOnTheBooksTwice", Invariant::i11_books_balance,
     [](History& run) { run.rows.push_back(run.rows.back()); }},
    {"ARowOfARefusedEvent", Invariant::i11_books_balance,
     [](History& run) {
       Publication refused = event("e3", 45ms);
       refused.answer = Publication::Answer::refused;
       run.publications.push_back(refused);
       run.rows.push_back({"push", "e3", "j", Row::State::pending});
     }},
    {"HalfOfAnEventWithoutAnAnswer", Invariant::i11_books_balance,
     [](History& run) {
       Publication unknown = event("e3", 45ms);
       unknown.answer = Publication::Answer::unknown;
       run.publications.push_back(unknown);
       run.rows.push_back({"push", "e3", "j", Row::State::pending});
     }},
    {"ASecretInTheLog", Invariant::i12_no_secret,
     [](History& run) { run.outputs[0].text += "hunter2"; }},
};

INSTANTIATE_TEST_SUITE_P(History, JudgeCatches, testing::ValuesIn(cases),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Judge, REL_02_AnEventWithNeitherAckNorRowIsLostAndMissingOnTheBooks) {
  History run = good_run();
  run.sightings.erase(run.sightings.begin() + 3);
  run.rows.erase(run.rows.begin() + 2);
  EXPECT_THAT(judge(run), Contains(Field(&Violation::invariant, Invariant::i1_no_loss)));
  EXPECT_THAT(judge(run), Contains(Field(&Violation::invariant, Invariant::i11_books_balance)));
}

TEST(Judge, REL_01_AnEventWhoseAnswerWasLostMayBeThereOrNot) {
  History run = good_run();
  Publication unknown = event("e3", 45ms);
  unknown.answer = Publication::Answer::unknown;
  run.publications.push_back(unknown);
  EXPECT_THAT(judge(run), IsEmpty());
  run.rows.push_back({"push", "e3", "j1", Row::State::pending});
  run.rows.push_back({"poll", "e3", "j2", Row::State::pending});
  EXPECT_THAT(judge(run), IsEmpty());
}

TEST(Judge, REL_05_AFaultExcusesAsManyRepeatsAsWereInFlight) {
  History run = good_run();
  run.faults = 1;
  run.sightings.push_back(again(run, 3, 50ms));
  EXPECT_THAT(judge(run), IsEmpty());
}

TEST(Judge, REL_06_WhatIsRejectedHoldsNothingUp) {
  History run = good_run();
  run.sightings[0].answer = Sighting::Answer::refused;
  run.sightings.insert(run.sightings.begin() + 1, 2, run.sightings[0]);
  run.rows[0].state = Row::State::rejected;
  EXPECT_THAT(judge(run), IsEmpty());
}

TEST(Judge, REL_22_ASetMayBeSignedAgainOnceItsKeyIsRetired) {
  History run = good_run();
  run.faults = 1;
  run.retired_keys = {"k1"};
  run.sightings.push_back(again(run, 3, 50ms));
  run.sightings.back().compact = "signed again";
  run.sightings.back().kid = "k2";
  EXPECT_THAT(judge(run), IsEmpty());
}

TEST(Judge, REL_11_12_WhatWasUnderWayMayEndWithinTheGrace) {
  History run = good_run();
  run.removals = {{"push", "email:a", 36ms}};
  run.statuses = {{"push", StatusSpan::Status::paused, 36ms}};
  EXPECT_THAT(judge(run), IsEmpty());
}

}  // namespace
}  // namespace tocsin::test
