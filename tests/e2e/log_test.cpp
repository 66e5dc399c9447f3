// What peers say does not reach the log as they said it (SEC-57, SEC-58, SEC-59), at any level.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "e2e/transmitter_fixture.h"

namespace tocsin {
namespace {

using test::ask;
using test::json_of;
using test::RawResponse;
using test::text_of;
using testing::HasSubstr;
using testing::Not;

// Ends a line, moves the cursor, ends a JSON text, and is no UTF-8.
const std::string hostile = "canary\r\n{\"level\":\"error\"}\x1b[2J\"\\\x7f\xc2\x85\xff";
const std::string hostile_text = "canary\r\n{\"level\":\"error\"}\x1b[2J\"\\\x7f\xc2\x85";

bool is_visible(const std::string& line) {
  return std::ranges::none_of(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

class HostileLog : public test::TransmitterFixture {
 protected:
  void SetUp() override {
    TransmitterFixture::SetUp();
    std::ofstream(config_, std::ios::app) << "[log]\nlevel = \"debug\"\n";
    start();
    log_in();
  }

  RawResponse publish(const Json& subject) {
    return post(producer_token_, "/events",
                JsonObject{{"type", "caep:session-revoked"},
                           {"subject", subject},
                           {"event", JsonObject{{"reason_admin", JsonObject{{"en", "Left"}}}}}});
  }

  void expect_that_nothing_was_written() {
    serving_->signal(SIGTERM);
    EXPECT_EQ(serving_->wait(), 0);
    const std::string log = serving_->log();
    EXPECT_THAT(log, Not(HasSubstr("canary")));
    for (const std::string& secret :
         {secrets_["receiver"], secrets_["producer"], receiver_token_.substr(7),
          producer_token_.substr(7), admin_token().substr(7)}) {
      EXPECT_THAT(log, Not(HasSubstr(secret)));
    }
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_TRUE(is_visible(line)) << line;
      const auto json = parse_json(line);
      ASSERT_TRUE(json) << line;
      EXPECT_FALSE(text_of(*json, "event").empty()) << line;
    }
  }
};

TEST_F(HostileLog, SEC_57_WhatCallersSendIsNotWritten) {
  const std::uint16_t port = serving_->port();
  ask(port, {.path = "/ssf/streams?access_token=canary"});
  ask(port, {.path = "/canary"});
  ask(port, {.path = "/ssf/streams", .authorization = "Bearer canary"});
  ask(port, {.path = "/ssf/streams", .authorization = hostile});
  test::ask(port, "GET /canary\x1b HTTP/1.1\r\nHost: canary\r\n\r\n");
  test::ask(port, "GET / HTTP/1.1\r\nHost: canary\r\nX: " + hostile + "\r\n\r\n");
  ask(port, {.method = "POST",
             .path = "/oauth/token",
             .type = "application/x-www-form-urlencoded",
             .body = "grant_type=client_credentials&client_id=canary%0a&client_secret=canary"});
  ask(port, {.method = "POST", .path = "/oauth/token", .body = hostile});
  ask(serving_->admin_port(), {.path = "/metrics", .authorization = "Bearer canary"});

  const Json subject = JsonObject{{"format", "email"}, {"email", "canary@example.com"}};
  EXPECT_EQ(publish(subject).status, 202U);
  EXPECT_EQ(publish(JsonObject{{"format", "email"}, {"email", hostile_text}}).status, 400U);
  EXPECT_EQ(publish(JsonObject{{"format", "canary"}, {"canary", hostile_text}}).status, 403U);
  ask(port, {.method = "POST",
             .path = "/events",
             .authorization = producer_token_,
             .type = "application/json",
             .body = hostile});

  const std::string stream = create_poll_stream();
  post(receiver_token_, "/ssf/streams",
       JsonObject{{"delivery", JsonObject{{"method", hostile_text}}},
                  {"description", hostile_text}});
  post(receiver_token_, "/ssf/subjects/add",
       JsonObject{{"stream_id", stream}, {"subject", subject}, {"verified", true}});
  post(receiver_token_, "/ssf/verification",
       JsonObject{{"stream_id", stream}, {"state", hostile_text}});
  post(receiver_token_, "/ssf/status",
       JsonObject{{"stream_id", stream}, {"status", "paused"}, {"reason", hostile_text}});
  expect_that_nothing_was_written();
}

TEST_F(HostileLog, SEC_57_WhatReceiversAnswerIsNotWritten) {
  receiver_.answer_with(401, R"({"err":"canary_code","description":"canary"})");
  create_push_stream();
  EXPECT_EQ(publish(JsonObject{{"format", "email"}, {"email", "canary@example.com"}}).status, 202U);
  EXPECT_FALSE(receiver_.wait_for_refused().empty());

  const std::string polled = create_poll_stream();
  EXPECT_EQ(publish(JsonObject{{"format", "opaque"}, {"id", "canary"}}).status, 202U);
  const RawResponse answer =
      post(receiver_token_, "/ssf/poll/" + polled, JsonObject{{"returnImmediately", true}});
  const Json body = json_of(answer);
  ASSERT_EQ(body.as_object()->find("sets")->as_object()->size(), 1U);
  for (const JsonMember& set : *body.as_object()->find("sets")->as_object()) {
    const JsonObject error{{"err", hostile_text}, {"description", hostile_text}};
    post(receiver_token_, "/ssf/poll/" + polled,
         JsonObject{{"returnImmediately", true}, {"setErrs", JsonObject{{set.name, error}}}});
  }
  expect_that_nothing_was_written();
}

}  // namespace
}  // namespace tocsin
