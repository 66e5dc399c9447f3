#include <gmock/gmock.h>

#include "store/contract.h"
#include "support/matchers.h"

namespace tocsin::store {
namespace {

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

  ASSERT_THAT(run(ledger().retry("s1", {1, 2})), Succeeds());
  EXPECT_THAT(event_ids(poll("s1", {.events_max = 9}).value().sets), ElementsAre("e1", "e2", "e3"));
  ASSERT_THAT(run(ledger().drop("s1", {2}, "by alice")), Succeeds());
  EXPECT_THAT(event_ids(pending("s1")), ElementsAre("e1", "e3"));
  const LedgerPage dropped = run(ledger().rows({.state = RowState::withdrawn})).value();
  ASSERT_EQ(dropped.rows.size(), 1U);
  EXPECT_EQ(dropped.rows[0].note, "by alice");
}

TEST_P(StoreContract, REL_03_AReplayOwesAStreamOnlyWhatItWouldGetNow) {
  ASSERT_THAT(create(stream("s1", DefaultSubjects::NONE)), Succeeds());
  ASSERT_THAT(add("s1", opaque_subject("u1")), Succeeds());
  for (const char* id : {"u1", "u2"}) accept(event_about(opaque_subject(id), id));
  const std::string before = pending("s1").at(0).jti;
  ASSERT_THAT(poll("s1", {.ack = {before}}), Succeeds());

  const auto events = run(ledger().events(WallTime::min(), WallTime::max(), 0, 10)).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].event_id, "u2");
  EXPECT_EQ(events[1].iss, issuer);
  told_.clear();
  EXPECT_EQ(run(ledger().replay("s1", {events[0].place, events[1].place, 999})).value(), 1U);
  EXPECT_THAT(told_, ElementsAre(std::pair("s1", Outbox::Change::more)));
  const auto sets = pending("s1");
  EXPECT_THAT(event_ids(sets), ElementsAre("u1"));
  EXPECT_NE(sets[0].jti, before);
  EXPECT_EQ(sets[0].number, 2);
  EXPECT_THAT(run(ledger().replay("gone", {1})), FailsWith(Errc::stream_unknown));
  EXPECT_THAT(run(ledger().events(WallTime::min(), WallTime::max(), events[0].place, 10)).value(),
              testing::SizeIs(1));
}

}  // namespace
}  // namespace tocsin::store
