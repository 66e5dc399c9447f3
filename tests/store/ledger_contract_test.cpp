#include <gmock/gmock.h>

#include "store/contract.h"
#include "support/matchers.h"

namespace tocsin::store {
namespace {

const Actor alice{.who = "alice", .from = "127.0.0.1"};

using test::FailsWith;
using test::Succeeds;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

std::vector<std::string> shown(const LedgerPage& page) {
  std::vector<std::string> rows;
  for (const LedgerRow& row : page.rows) rows.push_back(row.stream_id + "/" + row.event_id);
  return rows;
}

TEST_P(StoreContract, TheLedgerShowsWhatWaitsPageByPageAndByTime) {
  for (const char* id : {"s1", "s2"}) ASSERT_THAT(create(stream(id)), Succeeds());
  for (int i = 1; i <= 3; ++i) {
    NewEvent event = event_about(opaque_subject("u"), "e" + std::to_string(i));
    event.accepted_at += std::chrono::hours(i);
    accept(event);
  }
  const auto page = [this](LedgerQuery query) { return run(ledger().rows(query)).value(); };
  const LedgerPage first = page({.count_max = 3});
  EXPECT_THAT(shown(first), ElementsAre("s1/e1", "s2/e1", "s1/e2", "s2/e2"));
  const LedgerPage second = page({.after = first.next, .count_max = 3});
  EXPECT_THAT(shown(second), ElementsAre("s1/e3", "s2/e3"));
  EXPECT_EQ(second.next, 0);
  const WallTime start = event_about(opaque_subject("u")).accepted_at;
  EXPECT_THAT(shown(page({.stream_id = "s2", .from = start + 2h, .until = start + 2h})),
              ElementsAre("s2/e2"));
  EXPECT_EQ(first.rows[0].type, session_revoked);
  EXPECT_EQ(first.rows[0].jti, pending("s1").at(0).jti);
  EXPECT_EQ(first.rows[0].accepted_at, start + 1h);
}

TEST_P(StoreContract, REL_02_TheLedgerShowsWhatBecameOfASetAndWhy) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  for (const char* id : {"e1", "e2", "e3"}) accept(event_about(opaque_subject("u"), id));
  ASSERT_THAT(run(outbox().settle({{.stream_id = "s1",
                                    .number = 1,
                                    .state = Settled::State::rejected,
                                    .history = {.failures = 3, .refusals = 3},
                                    .note = "invalid_request\n"},
                                   {.stream_id = "s1",
                                    .number = 2,
                                    .state = Settled::State::retry,
                                    .history = {.failures = 1},
                                    .due_at = now() + 1h}})),
              Succeeds());
  const LedgerPage rejected = run(ledger().rows({.state = RowState::rejected})).value();
  ASSERT_EQ(rejected.rows.size(), 1U);
  EXPECT_EQ(rejected.rows[0].event_id, "e1");
  EXPECT_EQ(rejected.rows[0].history.refusals, 3U);
  EXPECT_EQ(rejected.rows[0].note, "invalid_request?");
  EXPECT_EQ(rejected.rows[0].settled_at, now());
  EXPECT_THAT(shown(run(ledger().rows({.state = RowState::delivered})).value()), IsEmpty());

  EXPECT_EQ(run(ledger().retry(alice, "s1", {1, 2, 9})).value(),
            (std::vector<bool>{true, true, false}));
  EXPECT_THAT(event_ids(poll("s1", {.events_max = 9}).value().sets), ElementsAre("e1", "e2", "e3"));
  EXPECT_EQ(run(ledger().drop(alice, "s1", {2, 9}, "not needed")).value(),
            (std::vector<bool>{true, false}));
  EXPECT_THAT(event_ids(pending("s1")), ElementsAre("e1", "e3"));
  const LedgerPage dropped = run(ledger().rows({.state = RowState::withdrawn})).value();
  ASSERT_EQ(dropped.rows.size(), 1U);
  EXPECT_EQ(dropped.rows[0].note, "dropped by alice: not needed");
}

TEST_P(StoreContract, REL_03_AReplayOwesAStreamOnlyWhatItWouldGetNow) {
  ASSERT_THAT(create(stream("s1", DefaultSubjects::NONE)), Succeeds());
  ASSERT_THAT(add("s1", opaque_subject("u1")), Succeeds());
  for (const char* id : {"u1", "u2"}) accept(event_about(opaque_subject(id), id));
  const std::string before = pending("s1").at(0).jti;
  ASSERT_THAT(poll("s1", {.ack = {before}}), Succeeds());

  const auto events = run(ledger().events({})).value().events;
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].event_id, "u2");
  EXPECT_EQ(events[1].iss, issuer);
  const std::vector<std::int64_t> places{events[0].place, events[1].place, 999};
  EXPECT_EQ(run(ledger().replay(alice, "s1", places, true)).value(), 1U);
  EXPECT_THAT(pending("s1"), IsEmpty());
  told_.clear();
  EXPECT_EQ(run(ledger().replay(alice, "s1", places, false)).value(), 1U);
  EXPECT_THAT(told_, ElementsAre(std::pair("s1", Outbox::Change::more)));
  const auto sets = pending("s1");
  EXPECT_THAT(event_ids(sets), ElementsAre("u1"));
  EXPECT_NE(sets[0].jti, before);
  EXPECT_EQ(sets[0].number, 2);
  EXPECT_THAT(run(ledger().replay(alice, "gone", {1}, false)), FailsWith(Errc::stream_unknown));
}

TEST_P(StoreContract, TheLedgerFindsEventsByTypeSubjectAndName) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  for (const char* id : {"u1", "u2", "u3"}) accept(event_about(opaque_subject(id), id));
  const auto found = [this](EventQuery query) {
    std::vector<std::string> ids;
    const EventPage page = run(ledger().events(std::move(query))).value();
    for (const LedgerEvent& event : page.events) ids.push_back(event.event_id);
    return ids;
  };
  EXPECT_THAT(found({.subject = opaque_subject("u2")}), ElementsAre("u2"));
  EXPECT_THAT(found({.event_id = "u3"}), ElementsAre("u3"));
  EXPECT_THAT(found({.type = credential_change}), IsEmpty());
  EXPECT_THAT(found({.from = now() + 24h}), IsEmpty());
  const EventPage first = run(ledger().events({.count_max = 2})).value();
  EXPECT_EQ(first.events.size(), 2U);
  EXPECT_THAT(found({.after = first.next}), ElementsAre("u3"));
}

TEST_P(StoreContract, TheLedgerShowsOneSetWithAllThatIsKeptAboutIt) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  for (const char* id : {"e1", "e2"}) accept(event_about(opaque_subject("u"), id));
  ASSERT_THAT(run(outbox().settle({{.stream_id = "s1",
                                    .number = 1,
                                    .state = Settled::State::delivered,
                                    .history = {.failures = 2}}})),
              Succeeds());
  const auto delivered = run(ledger().find("s1", 1)).value();
  ASSERT_TRUE(delivered);
  EXPECT_EQ(delivered->row.state, RowState::delivered);
  EXPECT_EQ(delivered->row.history.failures, 2U);
  EXPECT_EQ(delivered->txn, "txn-e1");
  EXPECT_EQ(delivered->subject, to_json(opaque_subject("u")));
  const auto waiting = run(ledger().find("s1", 2)).value();
  ASSERT_TRUE(waiting);
  EXPECT_EQ(waiting->row.state, RowState::pending);
  EXPECT_FALSE(run(ledger().find("s1", 3)).value());
  EXPECT_FALSE(run(ledger().find("gone", 1)).value());
}

TEST_P(StoreContract, SEC_61_WhatAnOperatorDoesLeavesOneRecordEach) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  for (const char* id : {"e1", "e2"}) accept(event_about(opaque_subject("u"), id));
  (void)run(ledger().retry(alice, "s1", {1}));
  (void)run(ledger().drop(alice, "s1", {2, 7}, "a\nb"));
  (void)run(ledger().replay(alice, "s1", {1}, true));
  (void)run(ledger().replay(alice, "s1", {1}, false));
  (void)run(ledger().replay(alice, "gone", {1}, false));
  reopen();
  const auto records = run(ledger().audit({})).value();
  std::vector<std::string> shown;
  for (const AuditRecord& record : records) {
    EXPECT_EQ(record.actor.who, "alice");
    EXPECT_EQ(record.actor.from, "127.0.0.1");
    EXPECT_EQ(record.at, now());
    shown.push_back(record.action + " " + record.target + " " + record.result + " " +
                    record.detail);
  }
  EXPECT_THAT(
      shown, ElementsAre("delivery.retry s1.1 done ", "delivery.drop s1.2 done a?b",
                         "delivery.drop s1.7 not pending a?b", "event.replay s1 done 1 of 1 events",
                         "event.replay gone there is no such stream "));
  EXPECT_THAT(run(ledger().audit({.after = records[1].number, .count_max = 1})).value(),
              testing::SizeIs(1));
}

}  // namespace
}  // namespace tocsin::store
