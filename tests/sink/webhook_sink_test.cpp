#include "sink/webhook_sink.h"

#include <gmock/gmock.h>

#include "sink/events.h"
#include "support/matchers.h"
#include "support/run.h"
#include "support/scripted_client.h"

namespace tocsin::sink {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::response;
using test::ScriptedClient;
using test::sink_event;
using test::Succeeds;
using ::testing::ElementsAre;

class WebhookSinkTest : public ::testing::Test {
 protected:
  std::vector<Result<void>> take(const std::vector<SinkEvent>& events) {
    std::vector<const SinkEvent*> pointers;
    for (const SinkEvent& event : events) pointers.push_back(&event);
    return test::run(loop_, sink_.take(pointers));
  }

  unsigned status_ = 204;
  loop::Loop loop_;
  ManualClock clock_{std::chrono::sys_seconds(1'795'000'000s)};
  ScriptedClient client_{[this](const auto&) { return response(status_); }};
  WebhookSink sink_{{.url = parse_url("https://soar.example.com/hook?a=b").value(),
                     .secret = std::string(24, 's')},
                    {client_, clock_}};
};

// The vector of the Standard Webhooks specification's reference libraries.
TEST_F(WebhookSinkTest, SignsAsStandardWebhooksDoes) {
  const std::string secret = read_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
  EXPECT_EQ(webhook_signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                              std::chrono::sys_seconds(1'614'265'330s), R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_F(WebhookSinkTest, ASecretIsPrefixedBase64OfAtLeast24Octets) {
  for (const char* text : {"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_AAAA",
                           "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS*"}) {
    EXPECT_THAT(read_webhook_secret(text), FailsWith(Errc::config_invalid)) << text;
  }
}

TEST_F(WebhookSinkTest, PostsTheEventWithIdTimeAndSignature) {
  EXPECT_THAT(take({sink_event(1, "1")}), ElementsAre(Succeeds()));
  ASSERT_EQ(client_.requests.size(), 1U);
  const http::OutboundRequest& request = client_.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url.to_text(), "https://soar.example.com/hook?a=b");
  EXPECT_EQ(request.body, to_text(to_json(sink_event(1, "1"))));
  EXPECT_EQ(*request.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(*request.headers.find("webhook-timestamp"), "1795000000");
  const std::string id = *request.headers.find("webhook-id");
  EXPECT_EQ(*request.headers.find("webhook-signature"),
            webhook_signature(std::string(24, 's'), id, clock_.wall_seconds(), request.body));
}

TEST_F(WebhookSinkTest, TheIdIsTheSameWheneverItIsTried) {
  EXPECT_EQ(webhook_id(sink_event(1, "1")), webhook_id(sink_event(7, "1")));
  EXPECT_NE(webhook_id(sink_event(1, "1")), webhook_id(sink_event(1, "2")));
}

TEST_F(WebhookSinkTest, TheStatusSaysWhoseFaultItIs) {
  for (const unsigned status : {408U, 425U, 429U, 500U, 503U}) {
    status_ = status;
    EXPECT_THAT(take({sink_event(1, "1")}), ElementsAre(FailsWith(Errc::net_answer))) << status;
  }
  for (const unsigned status : {301U, 400U, 401U, 404U, 410U, 422U}) {
    status_ = status;
    EXPECT_THAT(take({sink_event(1, "1")}), ElementsAre(FailsWith(Errc::http_request))) << status;
  }
}

TEST_F(WebhookSinkTest, BehindAFailureTheSameSubjectWaits) {
  client_.replace_script([](const http::OutboundRequest& request) {
    return response(request.body.find(R"("jti":"1")") != std::string::npos ? 400 : 204);
  });
  EXPECT_THAT(take({sink_event(1, "1", "a"), sink_event(2, "2", "a"), sink_event(3, "3", "b")}),
              ElementsAre(FailsWith(Errc::http_request), FailsWith(Errc::overloaded), Succeeds()));
  EXPECT_EQ(client_.requests.size(), 2U);
}

TEST_F(WebhookSinkTest, ADestinationThatIsDownIsNotTriedWithEveryEvent) {
  status_ = 503;
  std::vector<SinkEvent> events;
  for (int i = 0; i < 100; ++i) {
    events.push_back(sink_event(i, std::to_string(i), std::to_string(i)));
  }
  take(events);
  EXPECT_LE(client_.requests.size(), 16U);
}

}  // namespace
}  // namespace tocsin::sink
