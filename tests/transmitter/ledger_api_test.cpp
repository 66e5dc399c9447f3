// The API over the real ledger: what a receiver asks for decides what it gets.
#include <gmock/gmock.h>

#include "api.h"
#include "jose/secret_box.h"
#include "store/sqlite/sqlite_store.h"
#include "support/temporary_folder.h"
#include "transmitter/housekeeping.h"
#include "transmitter/status_change.h"

namespace tocsin::transmitter {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class LedgerApi : public ApiTest {
 protected:
  using ApiTest::ApiTest;

  std::vector<http::Route> routes() override {
    std::vector<http::Route> routes = stream_api_routes({.tenant = *tenant_,
                                                         .streams = *ledger_,
                                                         .subjects = *ledger_,
                                                         .clock = clock_,
                                                         .random = random_,
                                                         .addresses = addresses_},
                                                        test_guard);
    for (http::Route& route : ledger_poll_.routes(test_guard)) routes.push_back(std::move(route));
    return routes;
  }

  // An event that policy permits is accepted; the number of streams that get it.
  std::size_t accept(Event event, Subject subject) {
    store::NewEvent accepted;
    accepted.iss = tenant_->issuer();
    accepted.event_id = random_.id();
    accepted.txn = random_.id();
    accepted.event = std::move(event);
    accepted.subject = std::move(subject);
    accepted.accepted_at = clock_.wall();
    std::vector<store::NewEvent> events{std::move(accepted)};
    return test::run(loop_, ledger_->accept(std::move(events))).value()[0].streams;
  }
  std::size_t accept(const std::string& who) {
    return accept(caep::SessionRevoked{}, email_subject(who));
  }

  http::Response name_subject(const char* what, const std::string& id, const std::string& who) {
    return call(
        "POST", std::string("/ssf/subjects/") + what,
        R"({"stream_id":")" + id + R"(","subject":{"format":"email","email":")" + who + R"("}})");
  }

  // What the SETs of a poll are about.
  std::vector<std::string> polled(const std::string& id) {
    std::vector<std::string> subjects;
    const Json body = body_of(poll(id));
    const Json sets = member(body, "sets");
    for (const JsonMember& entry : *sets.as_object()) {
      SetPolicy policy;
      policy.iss = tenant_->issuer();
      policy.aud = {tenant_->urls().url("/acme/" + id)};
      const auto set =
          verify(*entry.value.as_string(), KeySet::of({key_}), policy, clock_.wall_seconds());
      EXPECT_TRUE(set) << set.error().to_string();
      if (set) subjects.push_back(*member(to_json((*set)->sub_id), "email").as_string());
    }
    return subjects;
  }

  store::StreamOwner owner() const { return {tenant_->issuer(), {"https://as", "acme"}}; }

  const test::TemporaryFolder folder_;
  std::unique_ptr<store::SqliteStore> ledger_ =
      store::SqliteStore::open(
          {.path = folder_.file("tocsin.db"), .threaded = false},
          jose::SecretBox::with_key(jose::Secret(std::string(jose::secret_box_key_size, 'k')))
              .value(),
          clock_, random_)
          .value();
  OutgoingSets ledger_sets_{*ledger_};
  PollWaiters ledger_waiters_{*ledger_, clock_};
  PollApi ledger_poll_{{.tenant = *tenant_,
                        .streams = *ledger_,
                        .outbox = *ledger_,
                        .sets = ledger_sets_,
                        .waiters = ledger_waiters_,
                        .clock = clock_}};
};

TEST_F(LedgerApi, SSF_7_1_10_UnderAllASubjectIsInUntilItIsRemoved) {
  const std::string id = create();
  EXPECT_EQ(accept("a@example.com"), 1U);
  EXPECT_EQ(name_subject("remove", id, "a@example.com").status, 204U);
  EXPECT_EQ(accept("a@example.com"), 0U);
  EXPECT_EQ(accept("b@example.com"), 1U);
  EXPECT_EQ(name_subject("add", id, "a@example.com").status, 200U);
  EXPECT_EQ(accept("a@example.com"), 1U);
}

TEST_F(LedgerApi, SSF_8_1_1_10_SEC_38_OnlyTypesThatWereAskedFor) {
  const std::string id = create(R"({"events_requested":[")" + credential_change + R"("]})");
  EXPECT_EQ(accept("a@example.com"), 0U);
  const std::string all = R"("events_requested":[")" + session_revoked + R"("]})";
  call("PATCH", "/ssf/streams", R"({"stream_id":")" + id + "\"," + all);
  EXPECT_EQ(accept("a@example.com"), 1U);
  EXPECT_THAT(polled(id), ElementsAre("a@example.com"));
}

TEST_F(LedgerApi, REL_15_SEC_12_WhatIsAcknowledgedIsGoneAndNothingElse) {
  const std::string id = create();
  accept("a@example.com");
  accept("b@example.com");
  const std::vector<std::string> first = jtis(poll(id));
  ASSERT_THAT(first, SizeIs(2));
  const std::string same_bytes = poll(id).body;
  EXPECT_EQ(poll(id).body, same_bytes);
  const std::string ack = R"({"returnImmediately":true,"ack":[")" + first[0] + R"("]})";
  EXPECT_THAT(jtis(poll(id, ack)), ElementsAre(first[1]));
  EXPECT_THAT(jtis(poll(id, ack)), ElementsAre(first[1]));
}

TEST_F(LedgerApi, REL_08_A_40_WhatIsRefusedThreeTimesIsSetAside) {
  const std::string id = create();
  accept("a@example.com");
  const std::string jti = jtis(poll(id)).at(0);
  const std::string refusal = R"({"returnImmediately":true,"setErrs":{")" + jti +
                              R"(":{"err":"invalid_request","description":"no"}}})";
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(poll(id, refusal).body, R"({"sets":{}})");
    clock_.advance(1h);
    EXPECT_THAT(jtis(poll(id)), ElementsAre(jti));
  }
  poll(id, refusal);
  clock_.advance(1h);
  EXPECT_EQ(poll(id).body, R"({"sets":{}})");
}

TEST_F(LedgerApi, SSF_8_1_2_1_06_08_09_HoldsInOrderWhilePausedAndNothingWhileDisabled) {
  const std::string id = create();
  set_status(id, "paused");
  accept("1@example.com");
  accept("2@example.com");
  EXPECT_THAT(polled(id), IsEmpty());
  set_status(id, "enabled");
  EXPECT_THAT(polled(id), ElementsAre("1@example.com", "2@example.com"));
  set_status(id, "disabled");
  EXPECT_EQ(accept("3@example.com"), 0U);
  set_status(id, "enabled");
  EXPECT_THAT(polled(id), IsEmpty());
}

TEST_F(LedgerApi, SSF_8_1_5_03_AnAnnouncedStatusIsInEffectOnceItIsAcknowledged) {
  const std::string id = create();
  accept("a@example.com");
  ASSERT_TRUE(
      test::run(loop_, ledger_->change(owner(), id,
                                       decide_status({.status = StreamStatus::paused, .lock = true},
                                                     random_.id(), clock_.wall()))));
  const std::vector<std::string> told = jtis(poll(id));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(poll(id, R"({"returnImmediately":true,"ack":[")" + told[0] + R"("]})").body,
            R"({"sets":{}})");
  EXPECT_EQ(member(body_of(get_status(id)), "status"), Json("paused"));
  EXPECT_EQ(set_status(id, "enabled").status, 403U) << "the ledger remembers who stopped it";
}

TEST_F(LedgerApi, A_16_HousekeepingEndsAnAnnouncementNobodyTook) {
  const std::string id = create();
  ASSERT_TRUE(test::run(
      loop_, ledger_->change(owner(), id,
                             decide_status({.status = StreamStatus::paused, .reason = "why"},
                                           random_.id(), clock_.wall()))));
  loop::LoopTimers timers(loop_);
  Housekeeping housekeeping(
      {.streams = *ledger_, .timers = timers, .clock = clock_, .random = random_});
  EXPECT_EQ(test::run(loop_, housekeeping.sweep()).value(), 0U);
  clock_.advance(60s);
  EXPECT_EQ(test::run(loop_, housekeeping.sweep()).value(), 1U);
  EXPECT_EQ(member(body_of(get_status(id)), "reason"), Json("why"));
  EXPECT_EQ(test::run(loop_, housekeeping.sweep()).value(), 0U);
}

TEST_F(LedgerApi, SEC_43_TheCredentialSurvivesARoundTripThroughTheLedger) {
  const std::string id = create_push();
  call("PATCH", "/ssf/streams", R"({"stream_id":")" + id + R"(","description":"d"})");
  const auto record = test::run(loop_, ledger_->read(owner(), id)).value();
  EXPECT_EQ(record.config.delivery.authorization_header, "Bearer secret");
}

class NoneLedgerApi : public LedgerApi {
 protected:
  static TenantTerms terms() {
    TenantTerms terms = plain_terms();
    terms.default_subjects = DefaultSubjects::NONE;
    return terms;
  }
  NoneLedgerApi() : LedgerApi(terms()) {}
};

TEST_F(NoneLedgerApi, SSF_7_1_11_SSF_8_1_3_1_01_UnderNoneOnlySubjectsThatWereAdded) {
  const std::string id = create();
  EXPECT_EQ(accept("a@example.com"), 0U);
  name_subject("add", id, "a@example.com");
  EXPECT_EQ(accept("a@example.com"), 1U);
  EXPECT_EQ(accept("A@example.com"), 0U);
  name_subject("remove", id, "a@example.com");
  EXPECT_EQ(accept("a@example.com"), 0U);
}

TEST_F(NoneLedgerApi, SEC_14_ASubjectBeyondThePolicyIsNeverDelivered) {
  tenant_->replace_receivers(
      {{{"https://as", "acme"},
        {.subjects = SubjectScope::listed, .subjects_listed = {email_subject("a@example.com")}}}});
  const std::string id = create();
  EXPECT_EQ(name_subject("add", id, "b@example.com").status, 200U);
  accept("b@example.com");
  EXPECT_THAT(polled(id), IsEmpty());
}

}  // namespace
}  // namespace tocsin::transmitter
