// What an operator does about deliveries and events, with the program against a process that
// serves.
#include <gmock/gmock.h>

#include <chrono>

#include "e2e/transmitter_fixture.h"

namespace tocsin {
namespace {

using test::access_token;
using test::Answer;
using test::ask;
using test::json_of;
using test::RawResponse;
using test::text_of;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Json* find(const Json& object, std::string_view name) {
  return object.as_object() == nullptr ? nullptr : object.as_object()->find(name);
}

class Operator : public test::TransmitterFixture {
 protected:
  void SetUp() override {
    TransmitterFixture::SetUp();
    start();
    producer_ = access_token(serving_->port(), "producer", secrets_["producer"]);
    const RawResponse created =
        post(access_token(serving_->port(), "receiver", secrets_["receiver"]), "/ssf/streams",
             R"({"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":")" + receiver_.url() +
                 R"("},"events_requested":)"
                 R"(["https://schemas.openid.net/secevent/caep/event-type/session-revoked"]})");
    ASSERT_EQ(created.status, 201U) << created.body;
    stream_id_ = text_of(json_of(created), "stream_id");
  }

  RawResponse post(const std::string& token, const std::string& path, const std::string& body) {
    return ask(serving_->port(), {.method = "POST",
                                  .path = path,
                                  .authorization = token,
                                  .type = "application/json",
                                  .body = body});
  }

  // The event_id.
  std::string publish(const std::string& who) {
    const RawResponse answer =
        post(producer_, "/events",
             R"({"type":"caep:session-revoked","subject":{"format":"email","email":")" + who +
                 R"("},"event":{"reason_admin":{"en":"Left"}}})");
    EXPECT_EQ(answer.status, 202U) << answer.body;
    return text_of(json_of(answer), "event_id");
  }

  // The program as the operator of this process calls it.
  Answer tocsin(std::vector<std::string> words) {
    words.insert(words.begin() + 2, {"--config", config_, "--url",
                                     "http://127.0.0.1:" + std::to_string(serving_->admin_port())});
    return place_.tocsin(words);
  }

  // What `list` prints as JSON, once there are `count` of it.
  JsonArray listed(std::vector<std::string> words, const std::string& name, std::size_t count) {
    words.insert(words.end(), {"--output", "json"});
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (true) {
      const Answer answer = tocsin(words);
      EXPECT_EQ(answer.exit, 0) << answer.err;
      const Json body = parse_json(answer.out).value_or(Json());
      const Json* items = find(body, name);
      if (items != nullptr && items->as_array()->size() == count) return *items->as_array();
      if (std::chrono::steady_clock::now() > end) {
        ADD_FAILURE() << "not " << count << " " << name << ": " << answer.out;
        return JsonArray(count);
      }
    }
  }

  std::string stream_id_;
  std::string producer_;
};

TEST_F(Operator, REL_08_FindsADeadLetterTriesItAgainAndSeesItDelivered) {
  receiver_.answer_with(400);
  const std::string event_id = publish("jdoe@example.com");
  const JsonArray dead =
      listed({"delivery", "list", "--state", "rejected", "--stream", stream_id_}, "deliveries", 1);
  const std::string name = text_of(dead.front(), "delivery");
  EXPECT_THAT(name, StartsWith(stream_id_ + "."));
  EXPECT_EQ(text_of(dead.front(), "event_id"), event_id);

  const Answer table = tocsin({"delivery", "list", "--state", "rejected"});
  EXPECT_THAT(table.out, StartsWith("DELIVERY"));
  EXPECT_THAT(table.out, HasSubstr("\n" + name + "  20"));
  EXPECT_THAT(table.out, HasSubstr("  caep:session-revoked  "));
  const Answer shown = tocsin({"delivery", "show", name});
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("\"email\": \"jdoe@example.com\""));

  receiver_.answer_with(202);
  EXPECT_EQ(tocsin({"delivery", "retry", "--dry-run", "--stream", stream_id_}).out,
            "would be retried 1\n");
  const Answer retried = tocsin({"delivery", "retry", name});
  EXPECT_EQ(retried.exit, 0) << retried.err;
  EXPECT_EQ(retried.out, "retried 1\n");
  const auto sets = receiver_.wait_for(1);
  ASSERT_EQ(sets.size(), 1U) << serving_->log();
  EXPECT_EQ(sets.begin()->first, text_of(dead.front(), "jti"));
  const JsonArray delivered = listed({"delivery", "list", "--state", "delivered"}, "deliveries", 1);
  EXPECT_EQ(text_of(delivered.front(), "delivery"), name);

  const Answer again = tocsin({"delivery", "retry", name});
  EXPECT_EQ(again.exit, 1);
  EXPECT_EQ(again.out, "retried 0, not found 1\n");
}

TEST_F(Operator, SEC_61_WhatWasDoneStandsInTheAuditRecordAndInTheLog) {
  receiver_.answer_with(503);
  publish("canary@example.com");
  const JsonArray pending = listed({"delivery", "list"}, "deliveries", 1);
  const std::string name = text_of(pending.front(), "delivery");
  const Answer unexplained = tocsin({"delivery", "drop", name});
  EXPECT_EQ(unexplained.exit, 2);
  EXPECT_THAT(unexplained.err, HasSubstr("--reason"));
  EXPECT_EQ(tocsin({"delivery", "drop", "--reason", "sent by hand", name}).out, "dropped 1\n");
  const JsonArray withdrawn = listed({"delivery", "list", "--state", "withdrawn"}, "deliveries", 1);
  EXPECT_EQ(text_of(withdrawn.front(), "note"), "dropped by admin: sent by hand");

  const RawResponse audit =
      ask(serving_->admin_port(), {.path = "/admin/audit", .authorization = admin_token()});
  EXPECT_EQ(audit.status, 200U);
  EXPECT_THAT(audit.body, HasSubstr(R"("who":"admin","from":"127.0.0.1","action":"delivery.drop",)"
                                    R"("target":")" +
                                    name + R"(","result":"done","detail":"sent by hand"})"));
  EXPECT_THAT(serving_->log(),
              HasSubstr(R"("event":"operator.acted","who":"admin","from":"127.0.0.1",)"
                        R"("action":"delivery.drop","stream_id":")" +
                        stream_id_ + R"(","done":1,"asked":1})"));
  EXPECT_THAT(serving_->log(), Not(HasSubstr("canary")));
}

TEST_F(Operator, ReplaysWhatItNamesAndCountsItFirst) {
  const std::string first = publish("a@example.com");
  publish("b@example.com");
  ASSERT_EQ(receiver_.wait_for(2).size(), 2U) << serving_->log();
  const JsonArray events = listed({"event", "list"}, "events", 2);
  EXPECT_EQ(text_of(events.front(), "event_id"), first);
  EXPECT_EQ(listed({"event", "list", "--subject", "email:b@example.com"}, "events", 1).size(), 1U);
  EXPECT_THAT(tocsin({"event", "list", "--event", first}).out, HasSubstr("\n" + first + "  20"));

  const std::string accepted = text_of(events.front(), "accepted_at");
  for (const std::vector<std::string>& by : std::vector<std::vector<std::string>>{
           {"--from", accepted}, {"--type", "caep:session-revoked"}}) {
    std::vector<std::string> words{"event", "replay", "--dry-run", "--stream", stream_id_};
    words.insert(words.end(), by.begin(), by.end());
    EXPECT_EQ(tocsin(words).out, "found 2, would be replayed 2\n") << by.front();
  }
  EXPECT_EQ(receiver_.deliveries(), 2U);

  const auto sets = receiver_.wait_for(2);
  const Answer by_jti =
      tocsin({"event", "replay", "--stream", stream_id_, "--jti", sets.begin()->first});
  EXPECT_EQ(by_jti.out, "found 1, replayed 1\n") << by_jti.err;
  EXPECT_EQ(receiver_.wait_for(3).size(), 3U) << serving_->log();  // a new SET with a new jti
  const Answer by_subject =
      tocsin({"event", "replay", "--stream", stream_id_, "--subject", "email:a@example.com"});
  EXPECT_EQ(by_subject.out, "found 1, replayed 1\n") << by_subject.err;
  EXPECT_EQ(receiver_.wait_for(4).size(), 4U) << serving_->log();
}

TEST_F(Operator, IsToldWhatWasWrong) {
  const Answer all = tocsin({"event", "replay", "--stream", stream_id_});
  EXPECT_EQ(all.exit, 2);
  EXPECT_THAT(all.err, HasSubstr("--event, --jti, --type, --subject, --from or --until"));
  EXPECT_EQ(tocsin({"delivery", "retry"}).exit, 2);
  const Answer time = tocsin({"delivery", "list", "--from", "yesterday"});
  EXPECT_EQ(time.exit, 1);
  EXPECT_THAT(time.err, HasSubstr("from: a time in UTC such as"));
  EXPECT_EQ(tocsin({"delivery", "show", "nobody.1"}).exit, 3);
  publish("a@example.com");
  const Answer nowhere =
      tocsin({"event", "replay", "--stream", "nobody", "--subject", "email:a@example.com"});
  EXPECT_EQ(nowhere.exit, 3);
  place_.folder().write("guess", "a-token-that-is-not-the-operators-own\n");
  const Answer guessed =
      tocsin({"event", "list", "--token", "file:" + place_.folder().file("guess")});
  EXPECT_EQ(guessed.exit, 3);
  EXPECT_EQ(guessed.out, "");
}

}  // namespace
}  // namespace tocsin
