// The whole way through a process: token, streams, verification, an event, delivery by push and by
// poll, and a kill in the middle.
#include <gmock/gmock.h>
#include <signal.h>

#include <set>

#include "e2e/transmitter_fixture.h"

namespace tocsin {
namespace {

using test::claims_of;
using test::json_of;
using test::RawResponse;
using test::session_revoked;
using test::text_of;
using testing::HasSubstr;
using testing::Not;

class Journey : public test::TransmitterFixture {
 protected:
  void SetUp() override {
    TransmitterFixture::SetUp();
    start();
    log_in();
  }

  // As after a power cut; the next process listens somewhere else.
  void kill_and_start_again() {
    serving_->signal(SIGKILL);
    EXPECT_EQ(serving_->wait(), -SIGKILL);
    start();
    log_in();
  }

  void ask_for_verification(const std::string& stream_id, const std::string& state) {
    const RawResponse answer = post(receiver_token_, "/ssf/verification",
                                    JsonObject{{"stream_id", stream_id}, {"state", state}});
    EXPECT_EQ(answer.status, 204U) << answer.body;
  }

  // Claims by jti. Acknowledges `ack` first.
  std::map<std::string, Json> poll(const std::string& stream_id, const std::set<std::string>& ack) {
    JsonArray acks(ack.begin(), ack.end());
    const RawResponse answer = post(receiver_token_, "/ssf/poll/" + stream_id,
                                    JsonObject{{"returnImmediately", true}, {"ack", acks}});
    EXPECT_EQ(answer.status, 200U) << answer.body;
    std::map<std::string, Json> sets;
    const Json body = json_of(answer);
    const Json* members = body.as_object() == nullptr ? nullptr : body.as_object()->find("sets");
    if (members == nullptr || members->as_object() == nullptr) return sets;
    for (const JsonMember& set : *members->as_object()) {
      sets.emplace(set.name, claims_of(*set.value.as_string()));
    }
    return sets;
  }

  RawResponse publish(const std::string& who, const std::string& key) {
    return post(producer_token_, "/events",
                JsonObject{{"type", "caep:session-revoked"},
                           {"subject", JsonObject{{"format", "email"}, {"email", who}}},
                           {"event", JsonObject{{"reason_admin", JsonObject{{"en", "Left"}}}}},
                           {"key", key}});
  }
};

bool has_event(const Json& claims, std::string_view type) {
  const Json* events = claims.as_object() == nullptr ? nullptr : claims.as_object()->find("events");
  return events != nullptr && events->as_object() != nullptr &&
         events->as_object()->find(type) != nullptr;
}

std::string email_of(const Json& claims) {
  const Json* subject =
      claims.as_object() == nullptr ? nullptr : claims.as_object()->find("sub_id");
  return subject == nullptr ? "" : text_of(*subject, "email");
}

std::set<std::string> emails_of(const std::map<std::string, Json>& sets) {
  std::set<std::string> emails;
  for (const auto& [jti, claims] : sets) {
    if (has_event(claims, session_revoked)) emails.insert(email_of(claims));
  }
  return emails;
}

TEST_F(Journey, AnEventReachesAStreamThatIsPushedAndOneThatIsPolled) {
  const std::string pushed = create_push_stream();
  const std::string polled = create_poll_stream();

  ask_for_verification(pushed, "state-1");
  const auto first = receiver_.wait_for(1);
  ASSERT_EQ(first.size(), 1U) << serving_->log();
  EXPECT_THAT(to_text(first.begin()->second), HasSubstr("\"state\":\"state-1\""));
  ask_for_verification(polled, "state-2");
  const auto verification = poll(polled, {});
  ASSERT_EQ(verification.size(), 1U);
  EXPECT_THAT(to_text(verification.begin()->second), HasSubstr("\"state\":\"state-2\""));

  const RawResponse accepted = publish("jdoe@example.com", "k1");
  ASSERT_EQ(accepted.status, 202U) << accepted.body;
  EXPECT_THAT(accepted.body, HasSubstr("\"streams\":2"));
  EXPECT_EQ(emails_of(receiver_.wait_for(2)), std::set<std::string>{"jdoe@example.com"});
  const auto sets = poll(polled, {verification.begin()->first});
  ASSERT_EQ(sets.size(), 1U);
  EXPECT_EQ(emails_of(sets), std::set<std::string>{"jdoe@example.com"});
  EXPECT_TRUE(poll(polled, {sets.begin()->first}).empty());
}

TEST_F(Journey, REL_01_WhatWasAcceptedSurvivesAKill) {
  const std::string pushed = create_push_stream();
  const std::string polled = create_poll_stream();
  receiver_.answer_with(503);
  std::set<std::string> accepted;
  for (int i = 0; i < 10; ++i) {
    const std::string who = "user" + std::to_string(i) + "@example.com";
    if (publish(who, "k" + std::to_string(i)).status == 202) accepted.insert(who);
  }
  ASSERT_EQ(accepted.size(), 10U);

  kill_and_start_again();
  EXPECT_EQ(emails_of(poll(polled, {})), accepted);
  receiver_.answer_with(202);
  EXPECT_EQ(emails_of(receiver_.wait_for(10)), accepted) << serving_->log();

  // The producer does not know what became of its last request, and sends it again.
  const RawResponse again = publish("user9@example.com", "k9");
  EXPECT_EQ(again.status, 202U);
  EXPECT_THAT(again.body, HasSubstr("\"repeated\":true"));
}

TEST_F(Journey, SEC_57_NoSecretNoTokenAndNoSubjectIsLogged) {
  create_push_stream();
  receiver_.answer_with(400);
  ASSERT_EQ(publish("canary-subject@example.com", "k1").status, 202U);
  EXPECT_EQ(publish("not an address", "k2").status, 400U);
  serving_->signal(SIGTERM);
  EXPECT_EQ(serving_->wait(), 0);
  const std::string log = serving_->log();
  for (const std::string& secret :
       {std::string("canary-subject"), std::string("canary-push-credential"), secrets_["receiver"],
        secrets_["producer"], receiver_token_.substr(7), producer_token_.substr(7),
        admin_token().substr(7)}) {
    EXPECT_THAT(log, Not(HasSubstr(secret)));
  }
}

TEST_F(Journey, REL_25_ACopyHasWhatWasAcceptedBefore) {
  const std::string polled = create_poll_stream();
  ASSERT_EQ(publish("before@example.com", "k1").status, 202U);
  const auto copied = place_.tocsin({"backup", "--config", config_, "copy.db"});
  EXPECT_EQ(copied.exit, 0) << copied.err;
  EXPECT_EQ(place_.tocsin({"backup", "--config", config_, "copy.db"}).exit, 2);
  ASSERT_EQ(publish("after@example.com", "k2").status, 202U);

  serving_->signal(SIGTERM);
  ASSERT_EQ(serving_->wait(), 0);
  ASSERT_EQ(place_.shell("rm signals/tocsin.db* && mv copy.db signals/tocsin.db").exit, 0);
  start();
  log_in();
  EXPECT_EQ(emails_of(poll(polled, {})), std::set<std::string>{"before@example.com"});
}

TEST_F(Journey, TheProgramPublishesToo) {
  const std::string polled = create_poll_stream();
  const std::string url = "http://127.0.0.1:" + std::to_string(serving_->port());
  place_.folder().write(
      "events.ndjson",
      R"({"type":"caep:session-revoked","subject":{"format":"email","email":"a@example.com"},"event":{"reason_admin":{"en":"x"}},"key":"a"})"
      "\n"
      R"({"type":"caep:session-revoked","subject":{"format":"email"},"event":{}})"
      "\n");
  const auto published =
      place_.tocsin({"publish", "--url", url, "--client", "producer", "--secret",
                     "env:PRODUCER_SECRET", "events.ndjson"},
                    {.environment = {{"PRODUCER_SECRET", secrets_["producer"]}}});
  EXPECT_EQ(published.exit, 1) << published.err;
  EXPECT_EQ(published.out, "accepted 1, refused 1\n");
  EXPECT_THAT(published.err, HasSubstr("error: event 1: subject.member"));
  EXPECT_EQ(emails_of(poll(polled, {})), std::set<std::string>{"a@example.com"});
}

}  // namespace
}  // namespace tocsin
