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

std::vector<std::string> ids_of(const std::vector<StreamRecord>& records) {
  std::vector<std::string> ids;
  for (const StreamRecord& record : records) ids.push_back(record.config.stream_id);
  return ids;
}

StreamRecord full_record() {
  StreamRecord record = stream("s1", DefaultSubjects::NONE, DeliveryMethod::push);
  record.config.aud = {"https://a.example", "https://b.example"};
  record.config.events_supported = {session_revoked, credential_change};
  record.config.events_requested = {credential_change, "https://example.com/other"};
  record.config.events_delivered = {credential_change};
  record.config.delivery.authorization_header = "Bearer canary";
  record.config.min_verification_interval = 60s;
  record.config.description = std::string("'; DROP TABLE stream; --\0\"\n", 27);
  record.config.inactivity_timeout = 3600s;
  record.status = StreamStatus::paused;
  record.reason = "maintenance";
  record.locked = true;
  record.pending = PendingStatus{StreamStatus::disabled, "gone", WallTime(5000ms)};
  record.created_at = WallTime(1ms);
  record.active_at = WallTime(2ms);
  record.verification_requested_at = WallTime(3ms);
  return record;
}

void expect_equal(const StreamRecord& a, const StreamRecord& b) {
  EXPECT_EQ(a.owner, b.owner);
  EXPECT_EQ(a.config.stream_id, b.config.stream_id);
  EXPECT_EQ(a.config.iss, b.config.iss);
  EXPECT_EQ(a.config.aud, b.config.aud);
  EXPECT_EQ(a.config.events_supported, b.config.events_supported);
  EXPECT_EQ(a.config.events_requested, b.config.events_requested);
  EXPECT_EQ(a.config.events_delivered, b.config.events_delivered);
  EXPECT_EQ(a.config.delivery.method, b.config.delivery.method);
  EXPECT_EQ(a.config.delivery.endpoint_url, b.config.delivery.endpoint_url);
  EXPECT_EQ(a.config.delivery.authorization_header, b.config.delivery.authorization_header);
  EXPECT_EQ(a.config.min_verification_interval, b.config.min_verification_interval);
  EXPECT_EQ(a.config.description, b.config.description);
  EXPECT_EQ(a.config.inactivity_timeout, b.config.inactivity_timeout);
  EXPECT_EQ(a.default_subjects, b.default_subjects);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.locked, b.locked);
  ASSERT_EQ(a.pending.has_value(), b.pending.has_value());
  if (a.pending) {
    EXPECT_EQ(a.pending->status, b.pending->status);
    EXPECT_EQ(a.pending->reason, b.pending->reason);
    EXPECT_EQ(a.pending->deadline, b.pending->deadline);
  }
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.active_at, b.active_at);
  EXPECT_EQ(a.verification_requested_at, b.verification_requested_at);
}

TEST_P(StoreContract, SEC_53_AStreamComesBackAsItWasGivenAlsoAfterAReopen) {
  ASSERT_THAT(create(full_record()), Succeeds());
  expect_equal(run(streams().read(owner(), "s1")).value(), full_record());
  reopen();
  expect_equal(run(streams().read(owner(), "s1")).value(), full_record());
  ASSERT_THAT(create(stream("s2")), Succeeds());
  expect_equal(run(streams().read(owner(), "s2")).value(), stream("s2"));
}

TEST_P(StoreContract, SEC_09_AStreamOfAnotherOwnerIsNoStream) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  const StreamDecision decide = [](const StreamRecord& record) -> Result<StreamChange> {
    return StreamChange{.record = record};
  };
  StreamOwner other_issuer = owner();
  other_issuer.iss = "https://other.example.com";
  for (const StreamOwner& other : {owner("other"), other_issuer}) {
    EXPECT_THAT(run(streams().read(other, "s1")), FailsWith(Errc::stream_unknown));
    EXPECT_THAT(run(streams().change(other, "s1", decide)), FailsWith(Errc::stream_unknown));
    EXPECT_THAT(run(streams().remove(other, "s1")), FailsWith(Errc::stream_unknown));
    EXPECT_THAT(run(outbox().poll(other, "s1", {}, now())), FailsWith(Errc::stream_unknown));
    EXPECT_THAT(run(subjects().add(other, "s1", opaque_subject("u"), true, now(), 100)),
                FailsWith(Errc::stream_unknown));
    EXPECT_THAT(run(subjects().remove(other, "s1", opaque_subject("u"), now(), 100)),
                FailsWith(Errc::stream_unknown));
    EXPECT_THAT(run(streams().list(other)).value(), IsEmpty());
  }
}

TEST_P(StoreContract, SEC_19_StreamsOfOneOwnerAreLimited) {
  EXPECT_THAT(run(streams().create(stream("s1"), 2)), Succeeds());
  EXPECT_THAT(run(streams().create(stream("s2"), 2)), Succeeds());
  EXPECT_THAT(run(streams().create(stream("s3"), 2)), FailsWith(Errc::stream_limit));
  reopen();
  EXPECT_THAT(run(streams().create(stream("s3"), 2)), FailsWith(Errc::stream_limit));
  EXPECT_THAT(ids_of(run(streams().list(owner())).value()), ElementsAre("s1", "s2"));
  EXPECT_THAT(run(streams().remove(owner(), "s1")), Succeeds());
  EXPECT_THAT(run(streams().create(stream("s3"), 2)), Succeeds());
}

TEST_P(StoreContract, ADecisionThatFailsLeavesTheStreamAsItWas) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  EXPECT_THAT(
      change("s1",
             [](const StreamRecord&) -> Result<StreamChange> { return Errc::verification_early; }),
      FailsWith(Errc::verification_early));
  expect_equal(run(streams().read(owner(), "s1")).value(), stream("s1"));
  EXPECT_THAT(change("unknown",
                     [](const StreamRecord& record) -> Result<StreamChange> {
                       return StreamChange{.record = record};
                     }),
              FailsWith(Errc::stream_unknown));
}

TEST_P(StoreContract, ADecisionChangesEverythingButWhoseStreamItIs) {
  ASSERT_THAT(create(stream("s1")), Succeeds());
  const StreamRecord wanted = full_record();
  const auto changed = change("s1", [&](const StreamRecord&) -> Result<StreamChange> {
    StreamRecord record = wanted;
    record.config.stream_id = "other";
    record.owner = owner("other");
    record.created_at = WallTime(99ms);
    return StreamChange{.record = record};
  });
  StreamRecord expected = wanted;
  expected.created_at = stream("s1").created_at;
  expected.default_subjects = DefaultSubjects::ALL;
  expect_equal(changed.value(), expected);
  expect_equal(run(streams().read(owner(), "s1")).value(), expected);
}

TEST_P(StoreContract, OverdueAreEnabledStreamsLongIdleAndStatusesPastTheirDeadline) {
  StreamRecord idle = stream("idle");
  idle.config.inactivity_timeout = 60s;
  idle.active_at = now();
  StreamRecord held = stream("held");
  held.pending = PendingStatus{StreamStatus::paused, {}, now() + 30s};
  StreamRecord paused = idle;
  paused.config.stream_id = "paused";
  paused.status = StreamStatus::paused;
  for (const StreamRecord& record : {idle, held, paused, stream("never")}) {
    ASSERT_THAT(create(record), Succeeds());
  }
  EXPECT_THAT(run(streams().overdue(now(), 10)).value(), IsEmpty());
  clock_.advance(30s);
  EXPECT_THAT(ids_of(run(streams().overdue(now(), 10)).value()), ElementsAre("held"));
  ASSERT_THAT(poll("idle", {}), Succeeds());  // restarts the timeout
  clock_.advance(59s);
  EXPECT_THAT(ids_of(run(streams().overdue(now(), 10)).value()), ElementsAre("held"));
  clock_.advance(1s);
  EXPECT_EQ(run(streams().overdue(now(), 10)).value().size(), 2U);
  EXPECT_EQ(run(streams().overdue(now(), 1)).value().size(), 1U);
}

TEST_P(StoreContract, PushStreamsAreThoseThatOweSomethingInOrder) {
  for (const char* id : {"b", "a", "c"}) {
    ASSERT_THAT(create(stream(id, DefaultSubjects::ALL, DeliveryMethod::push)), Succeeds());
  }
  ASSERT_THAT(create(stream("polled")), Succeeds());
  ASSERT_THAT(create(stream("none", DefaultSubjects::NONE, DeliveryMethod::push)), Succeeds());
  EXPECT_THAT(run(outbox().push_streams("", 10)).value(), IsEmpty());
  accept(event_about(opaque_subject("u")));
  EXPECT_THAT(ids_of(run(outbox().push_streams("", 2)).value()), ElementsAre("a", "b"));
  EXPECT_THAT(ids_of(run(outbox().push_streams("b", 2)).value()), ElementsAre("c"));
  EXPECT_EQ(run(outbox().push_stream("none")).value().config.stream_id, "none");
  EXPECT_THAT(run(outbox().push_stream("polled")), FailsWith(Errc::stream_unknown));
  EXPECT_THAT(run(outbox().push_stream("gone")), FailsWith(Errc::stream_unknown));
}

TEST_P(StoreContract, SEC_60_ARemovedStreamIsGoneWithAllItHad) {
  ASSERT_THAT(create(stream("s1", DefaultSubjects::NONE)), Succeeds());
  ASSERT_THAT(add("s1", opaque_subject("u")), Succeeds());
  EXPECT_EQ(accept(event_about(opaque_subject("u"))).streams, 1U);
  told_.clear();
  ASSERT_THAT(run(streams().remove(owner(), "s1")), Succeeds());
  EXPECT_THAT(told_, ElementsAre(std::pair("s1", Outbox::Change::other)));
  EXPECT_THAT(run(streams().read(owner(), "s1")), FailsWith(Errc::stream_unknown));
  EXPECT_THAT(run(outbox().pending("s1", 0, 10)), FailsWith(Errc::stream_unknown));
  EXPECT_EQ(accept(event_about(opaque_subject("u"), "e2")).streams, 0U);
  ASSERT_THAT(create(stream("s1", DefaultSubjects::NONE)), Succeeds());
  EXPECT_EQ(accept(event_about(opaque_subject("u"), "e3")).streams, 0U);
}

TEST_P(StoreContract, SEC_29_AReceivedSetIsAdmittedOnce) {
  const InboxEntry entry{.upstream = "idp", .iss = "https://a", .jti = "1", .compact = "a.b.c"};
  EXPECT_EQ(run(inbox().admit(entry)).value(), Admission::accepted);
  EXPECT_EQ(run(inbox().admit(entry)).value(), Admission::repeated);
  reopen();
  EXPECT_EQ(run(inbox().admit(entry)).value(), Admission::repeated);
  EXPECT_TRUE(run(inbox().has("https://a", "1")).value());
  EXPECT_FALSE(run(inbox().has("https://a1", "")).value());
}

}  // namespace
}  // namespace tocsin::store
