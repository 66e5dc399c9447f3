#include <gmock/gmock.h>

#include <set>

#include "store/contract.h"
#include "support/matchers.h"

namespace tocsin::store {
namespace {

using test::FailsWith;
using test::Succeeds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

StreamDecision set_status(StreamStatus status, bool drop = false) {
  return [status, drop](const StreamRecord& record) -> Result<StreamChange> {
    StreamChange change{.record = record, .drop_pending = drop};
    change.record.status = status;
    return change;
  };
}

StreamDecision send(StreamEvent event) {
  return [event](const StreamRecord& record) -> Result<StreamChange> {
    return StreamChange{.record = record, .events = {event}};
  };
}

Settled outcome(const PendingSet& set, Settled::State state) {
  return {.stream_id = set.stream_id, .number = set.number, .state = state};
}

TEST_P(StoreContract, REL_01_02_AnAcceptedEventWaitsOnEveryStreamThatWantsIt) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  ASSERT_THAT(create(stream("s2")), Succeeds());
  StreamRecord other_type = stream("s3");
  other_type.config.events_delivered = {credential_change};
  ASSERT_THAT(create(other_type), Succeeds());
  StreamRecord disabled = stream("s4");
  disabled.status = StreamStatus::disabled;
  ASSERT_THAT(create(disabled), Succeeds());
  StreamRecord other_issuer = stream("s5");
  other_issuer.owner.iss = other_issuer.config.iss = "https://other.example.com";
  ASSERT_THAT(create(other_issuer), Succeeds());
  told_.clear();

  NewEvent event = event_about(email_subject("Jo@Example.com"));
  event.toe = NumericDate{.seconds = 1'799'999'999, .nanoseconds = 500'000'000};
  const Receipt receipt = accept(event);
  EXPECT_EQ(receipt.event_id, "e1");
  EXPECT_FALSE(receipt.repeated);
  EXPECT_EQ(receipt.streams, 2U);
  EXPECT_THAT(told_, UnorderedElementsAre(std::pair("s1", Outbox::Change::more),
                                          std::pair("s2", Outbox::Change::more)));
  reopen();
  const auto sets = pending("s1");
  ASSERT_EQ(sets.size(), 1U);
  const PendingSet& set = sets.front();
  EXPECT_EQ(set.stream_id, "s1");
  EXPECT_EQ(set.number, 1);
  EXPECT_EQ(set.txn, "txn-e1");
  EXPECT_EQ(set.toe, event.toe);
  EXPECT_EQ(set.iat, std::chrono::sys_seconds(1'800'000'000s));
  EXPECT_EQ(to_text(to_json(set.subject)), to_text(to_json(event.subject)));
  EXPECT_EQ(type_of(set.event), session_revoked);
  EXPECT_TRUE(set.compact.empty());
  EXPECT_EQ(set.history.failures, 0U);
  EXPECT_LE(set.due_at, now());
  EXPECT_EQ(pending("s2").size(), 1U);
  EXPECT_NE(pending("s2").front().jti, set.jti);  // SEC-36
  for (const char* id : {"s3", "s4", "s5"}) EXPECT_THAT(pending(id), IsEmpty()) << id;
}

TEST_P(StoreContract, SEC_14_OnlyPermittedReceiversGetTheEvent) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  StreamRecord other = stream("s2");
  other.owner = owner("other");
  ASSERT_THAT(create(other), Succeeds());
  NewEvent event = event_about(opaque_subject("u"));
  event.receivers = std::vector<TenantKey>{owner("other").receiver};
  EXPECT_EQ(accept(event).streams, 1U);
  EXPECT_THAT(pending("s1"), IsEmpty());
  EXPECT_EQ(pending("s2").size(), 1U);
  event.receivers = std::vector<TenantKey>{};
  event.event_id = "e2";
  EXPECT_EQ(accept(event).streams, 0U);
}

TEST_P(StoreContract, REL_19_AProducersKeyYieldsOneEventAndItsFirstReceipt) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  NewEvent event = event_about(opaque_subject("u"));
  event.producer_key = "k";
  EXPECT_FALSE(accept(event).repeated);
  reopen();
  event.event_id = "e2";
  const Receipt again = accept(event);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.event_id, "e1");
  EXPECT_EQ(again.streams, 1U);
  EXPECT_EQ(pending("s1").size(), 1U);
  event.producer.client_id = "another";
  EXPECT_FALSE(accept(event).repeated);

  NewEvent batched = event_about(opaque_subject("u"), "e3");
  batched.producer_key = "twice";
  const auto receipts = run(outbox().accept({batched, batched})).value();
  EXPECT_FALSE(receipts.at(0).repeated);
  EXPECT_TRUE(receipts.at(1).repeated);
}

TEST_P(StoreContract, REL_06_NumbersFollowTheOrderOfAcceptanceOnEachStream) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  accept(event_about(opaque_subject("a"), "e1"));
  ASSERT_THAT(create(stream("s2")), Succeeds());
  const std::vector<NewEvent> batch{event_about(opaque_subject("b"), "e2"),
                                    event_about(opaque_subject("c"), "e3")};
  ASSERT_THAT(run(outbox().accept(batch)), Succeeds());
  EXPECT_THAT(event_ids(pending("s1")), ElementsAre("e1", "e2", "e3"));
  EXPECT_THAT(event_ids(pending("s2")), ElementsAre("e2", "e3"));
  EXPECT_THAT(event_ids(pending("s1", 1)), ElementsAre("e2", "e3"));
  EXPECT_EQ(run(outbox().pending("s1", 0, 2)).value().size(), 2U);
  EXPECT_EQ(pending("s2").front().number, 1);
  EXPECT_THAT(run(outbox().pending("unknown", 0, 2)), FailsWith(Errc::stream_unknown));
}

TEST_P(StoreContract, REL_04_SignedBytesStayUntilTheRowIsTerminal) {
  ASSERT_THAT(create(stream("s1", DefaultSubjects::ALL, DeliveryMethod::push)), Succeeds());
  accept(event_about(opaque_subject("u"), "e1"));
  const PendingSet before = pending("s1").front();
  ASSERT_THAT(run(outbox().keep({{"s1", 1, "k1", "a.b.c"}, {"s1", 2, "k1", "no.such.row"}})),
              Succeeds());
  Settled retry = outcome(before, Settled::State::retry);
  retry.history = {.failures = 2, .refusals = 1};
  retry.due_at = now() + 5s;
  ASSERT_THAT(run(outbox().settle({retry})), Succeeds());
  reopen();
  const PendingSet after = pending("s1").front();
  EXPECT_EQ(after.jti, before.jti);
  EXPECT_EQ(after.iat, before.iat);
  EXPECT_EQ(after.compact, "a.b.c");
  EXPECT_EQ(after.kid, "k1");
  EXPECT_EQ(after.history.failures, 2U);
  EXPECT_EQ(after.history.refusals, 1U);
  EXPECT_EQ(after.due_at, now() + 5s);
}

TEST_P(StoreContract, REL_02_ATerminalRowStaysAsItIs) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  for (const char* id : {"e1", "e2", "e3"}) accept(event_about(opaque_subject("u"), id));
  const auto sets = pending("s1");
  ASSERT_THAT(run(outbox().settle({outcome(sets[0], Settled::State::delivered),
                                   outcome(sets[1], Settled::State::rejected)})),
              Succeeds());
  EXPECT_THAT(event_ids(pending("s1")), ElementsAre("e3"));
  ASSERT_THAT(run(outbox().settle({outcome(sets[0], Settled::State::retry)})), Succeeds());
  ASSERT_THAT(run(outbox().keep({{"s1", 1, "k", "a.b.c"}})), Succeeds());
  ASSERT_THAT(run(outbox().settle({{.stream_id = "gone", .number = 1}})), Succeeds());
  EXPECT_THAT(event_ids(pending("s1")), ElementsAre("e3"));

  told_.clear();
  ASSERT_THAT(run(outbox().requeue("s1", {1, 2, 3, 4})), Succeeds());
  EXPECT_THAT(told_, ElementsAre(std::pair("s1", Outbox::Change::other)));
  const auto again = pending("s1");
  EXPECT_THAT(event_ids(again), ElementsAre("e2", "e3"));
  EXPECT_EQ(again[0].jti, sets[1].jti);
  EXPECT_EQ(again[0].number, 2);
  EXPECT_EQ(again[0].history.refusals, 0U);
}

TEST_P(StoreContract, REL_15_AnAcknowledgedSetNeverComesBackAndAnotherDoes) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  for (const char* id : {"e1", "e2", "e3"}) accept(event_about(opaque_subject("u"), id));
  const PollSelection first = poll("s1", {.events_max = 2}).value();
  EXPECT_THAT(event_ids(first.sets), ElementsAre("e1", "e2"));
  EXPECT_TRUE(first.more_available);
  EXPECT_EQ(jtis(poll("s1", {.events_max = 2}).value().sets), jtis(first.sets));
  const PollSelection second =
      poll("s1", {.ack = {first.sets[0].jti, "unknown"}, .events_max = 2}).value();
  EXPECT_THAT(event_ids(second.sets), ElementsAre("e2", "e3"));
  EXPECT_FALSE(second.more_available);
  reopen();
  EXPECT_THAT(event_ids(poll("s1", {.events_max = 9}).value().sets), ElementsAre("e2", "e3"));
  EXPECT_THAT(poll("s1", {.ack = jtis(second.sets)}).value().sets, IsEmpty());
  EXPECT_THAT(poll("s1", {.events_max = 9}).value().sets, IsEmpty());
}

TEST_P(StoreContract, SEC_12_AcksAndErrorsTouchNothingOfAnotherStream) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  ASSERT_THAT(create(stream("s2")), Succeeds());
  accept(event_about(opaque_subject("u")));
  const std::string jti = pending("s2").front().jti;
  const PollRequest::SetError error{.jti = jti, .err = "invalid_request", .description = ""};
  for (int i = 0; i < 3; ++i)
    ASSERT_THAT(poll("s1", {.ack = {jti}, .set_errs = {error}}), Succeeds());
  EXPECT_EQ(pending("s2").size(), 1U);
  EXPECT_EQ(pending("s2").front().history.failures, 0U);
}

TEST_P(StoreContract, REL_08_APolledSetIsRejectedOnItsThirdRefusalAndWaitsBetweenThem) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  accept(event_about(opaque_subject("u"), "e1"));
  accept(event_about(opaque_subject("v"), "e2"));
  const std::string jti = pending("s1").front().jti;
  const PollRequest refuse{
      .set_errs = {{.jti = jti, .err = "invalid_request", .description = "no"}}, .events_max = 9};
  for (int refusals = 1; refusals < 3; ++refusals) {
    EXPECT_THAT(event_ids(poll("s1", refuse).value().sets), ElementsAre("e2"));
    EXPECT_EQ(pending("s1").front().history.refusals, static_cast<unsigned>(refusals));
    clock_.advance(2h);
    EXPECT_THAT(event_ids(poll("s1", {.events_max = 9}).value().sets), ElementsAre("e1", "e2"));
  }
  EXPECT_THAT(event_ids(poll("s1", refuse).value().sets), ElementsAre("e2"));
  EXPECT_THAT(event_ids(pending("s1")), ElementsAre("e2"));

  const PollRequest blame_stream{
      .set_errs = {{.jti = pending("s1").front().jti, .err = "invalid_key", .description = ""}}};
  for (int i = 0; i < 5; ++i) ASSERT_THAT(poll("s1", blame_stream), Succeeds());
  EXPECT_EQ(pending("s1").front().history.failures, 5U);
}

TEST_P(StoreContract, REL_11_APausedStreamHoldsAndADisabledOneDoesNot) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  ASSERT_THAT(change("s1", set_status(StreamStatus::paused)), Succeeds());
  accept(event_about(opaque_subject("u"), "e1"));
  accept(event_about(opaque_subject("u"), "e2"));
  EXPECT_THAT(pending("s1"), IsEmpty());
  EXPECT_THAT(poll("s1", {.events_max = 9}).value().sets, IsEmpty());
  ASSERT_THAT(change("s1", set_status(StreamStatus::enabled)), Succeeds());
  EXPECT_THAT(event_ids(pending("s1")), ElementsAre("e1", "e2"));
  told_.clear();
  ASSERT_THAT(change("s1", set_status(StreamStatus::disabled, true)), Succeeds());
  EXPECT_THAT(told_, ElementsAre(std::pair("s1", Outbox::Change::other)));
  EXPECT_EQ(accept(event_about(opaque_subject("u"), "e3")).streams, 0U);
  ASSERT_THAT(change("s1", set_status(StreamStatus::enabled)), Succeeds());
  EXPECT_THAT(pending("s1"), IsEmpty());
}

TEST_P(StoreContract, SSF_8_1_5_WhatAnnouncesAStatusGoesFirstAndAlone) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  accept(event_about(opaque_subject("u"), "e1"));
  ASSERT_THAT(change("s1",
                     [this](const StreamRecord& record) -> Result<StreamChange> {
                       StreamChange change{.record = record};
                       change.record.pending = PendingStatus{StreamStatus::paused, {}, now() + 60s};
                       ssf::StreamUpdated updated;
                       updated.status = StreamStatus::paused;
                       change.events = {{.jti = "announcement",
                                         .at = now(),
                                         .event = updated,
                                         .announces_status = true}};
                       return change;
                     }),
              Succeeds());
  EXPECT_THAT(jtis(pending("s1")), ElementsAre("announcement"));
  EXPECT_TRUE(pending("s1").front().announces_status);
  EXPECT_EQ(to_text(to_json(pending("s1").front().subject)), R"({"format":"opaque","id":"s1"})");
  EXPECT_EQ(pending("s1", 1000).size(), 1U);
  EXPECT_THAT(jtis(poll("s1", {.events_max = 9}).value().sets), ElementsAre("announcement"));
  ASSERT_THAT(change("s1",
                     [](const StreamRecord& record) -> Result<StreamChange> {
                       StreamChange change{.record = record};
                       change.record.pending.reset();
                       return change;
                     }),
              Succeeds());
  EXPECT_EQ(pending("s1").front().jti, "announcement");
  EXPECT_EQ(pending("s1").size(), 2U);
  ASSERT_THAT(poll("s1", {.ack = {"announcement"}}), Succeeds());
  EXPECT_THAT(event_ids(pending("s1")), ElementsAre("e1"));
}

StreamDecision announce(StreamStatus status, WallTime at) {
  return [status, at](const StreamRecord& record) -> Result<StreamChange> {
    StreamChange change{.record = record};
    change.record.pending = PendingStatus{status, "why", at + 60s};
    ssf::StreamUpdated updated;
    updated.status = status;
    change.events = {{.jti = "announcement", .at = at, .event = updated, .announces_status = true}};
    return change;
  };
}

TEST_P(StoreContract, SSF_8_1_5_AStatusIsInEffectOnceItsAnnouncementIsTerminal) {
  ASSERT_THAT(create(stream("polled")), Succeeds());
  ASSERT_THAT(create(stream("pushed", DefaultSubjects::ALL, DeliveryMethod::push)), Succeeds());
  accept(event_about(opaque_subject("u"), "e1"));
  ASSERT_THAT(change("polled", announce(StreamStatus::paused, now())), Succeeds());
  ASSERT_THAT(change("pushed", announce(StreamStatus::disabled, now())), Succeeds());
  told_.clear();
  Settled retried = outcome(pending("pushed").at(0), Settled::State::retry);
  ASSERT_THAT(run(outbox().settle({retried})), Succeeds());
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(run(streams().read(owner(), "pushed"))->status, StreamStatus::enabled);

  ASSERT_THAT(run(outbox().settle({outcome(pending("pushed").at(0), Settled::State::rejected)})),
              Succeeds());
  EXPECT_THAT(told_, ElementsAre(std::pair("pushed", Outbox::Change::other)));
  const StreamRecord disabled = run(streams().read(owner(), "pushed")).value();
  EXPECT_EQ(disabled.status, StreamStatus::disabled);
  EXPECT_EQ(disabled.reason, "why");
  EXPECT_FALSE(disabled.pending);
  EXPECT_THAT(run(outbox().push_streams("", 9)).value(), IsEmpty());

  EXPECT_THAT(poll("polled", {.ack = {"announcement"}, .events_max = 9}).value().sets, IsEmpty());
  EXPECT_EQ(run(streams().read(owner(), "polled"))->status, StreamStatus::paused);
  ASSERT_THAT(change("polled", set_status(StreamStatus::enabled)), Succeeds());
  EXPECT_THAT(event_ids(pending("polled")), ElementsAre("e1"));
}

TEST_P(StoreContract, SEC_17_TheTransmittersOwnEventsNeedNoSubjectOnTheStream) {
  ASSERT_THAT(create(stream("s1", DefaultSubjects::NONE)), Succeeds());
  ASSERT_THAT(change("s1", send({.jti = "v1", .at = now(), .event = ssf::Verification{}})),
              Succeeds());
  ASSERT_THAT(remove("s1", opaque_subject("s1")), Succeeds());
  EXPECT_THAT(jtis(pending("s1")), ElementsAre("v1"));
  EXPECT_FALSE(pending("s1").front().txn.empty());
  EXPECT_EQ(accept(event_about(opaque_subject("s1"))).streams, 0U);
}

// Covers: A-64.
TEST_P(StoreContract, AStreamThatChangesItsMethodIsPolledForWhatWaited) {
  ASSERT_THAT(create(stream("s1", DefaultSubjects::ALL, DeliveryMethod::push)), Succeeds());
  accept(event_about(opaque_subject("u")));
  EXPECT_THAT(poll("s1", {.events_max = 9}), FailsWith(Errc::stream_unknown));
  ASSERT_THAT(change("s1",
                     [](const StreamRecord& record) -> Result<StreamChange> {
                       StreamChange change{.record = record};
                       change.record.config.delivery.method = DeliveryMethod::poll;
                       return change;
                     }),
              Succeeds());
  const auto sets = poll("s1", {.events_max = 9}).value().sets;
  EXPECT_THAT(poll("s1", {.ack = jtis(sets), .events_max = 9}).value().sets, IsEmpty());
}

}  // namespace
}  // namespace tocsin::store
