#include "transmitter/push_runner.h"

#include <gmock/gmock.h>

#include <deque>

#include "support/counted_timers.h"
#include "support/run.h"
#include "support/scripted_client.h"

namespace tocsin::transmitter {
namespace {

using namespace std::chrono_literals;
using delivery::Blame;
using delivery::Delivered;
using delivery::Rejected;
using delivery::RetryAfter;
using test::response;
using test::run;
using ::testing::_;
using ::testing::Field;
using ::testing::VariantWith;

class PushRunnerTest : public ::testing::Test {
 protected:
  std::deque<Result<http::Response>> answers_;
  loop::Loop loop_;
  test::ScriptedClient client_{[this](const http::OutboundRequest&) {
    Result<http::Response> answer = answers_.front();
    answers_.pop_front();
    return answer;
  }};
  test::CountedTimers timers_;
  ManualClock clock_{std::chrono::sys_seconds(1'795'000'000s)};
  SeededRandom random_{1};
  PushRunner runner_{{.client = client_, .timers = timers_, .clock = clock_, .random = random_}};
  PushTarget target_{.endpoint_url = parse_url("https://rc.example.com/push").value(),
                     .authorization_header = "Bearer x"};
};

// Covers: PUSH-2.1-05.
TEST_F(PushRunnerTest,
       PUSH_2_1_01_PUSH_2_1_02_PUSH_2_1_03_PUSH_2_1_04_PUSH_2_1_06_OneSetAndItsHeaders) {
  answers_ = {response(202)};
  run(loop_, runner_.attempt(target_, "a.b.c", {}));
  ASSERT_EQ(client_.requests.size(), 1U);
  const http::OutboundRequest& request = client_.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, target_.endpoint_url);
  EXPECT_EQ(request.body, "a.b.c");
  EXPECT_EQ(*request.headers.find("Content-Type"), "application/secevent+jwt");
  EXPECT_EQ(*request.headers.find("Accept"), "application/json");
  EXPECT_EQ(*request.headers.find("Accept-Language"), "en");
  EXPECT_EQ(*request.headers.find("Authorization"), "Bearer x");
  EXPECT_EQ(request.response_body_max, 16U * 1024U);
}

// Covers: SSF-AZ-07, IC-58.
TEST_F(PushRunnerTest, SSF_6_1_1_05_PUSH_2_1_07_A_01_SendsTheCredentialAsItCameEveryTime) {
  for (const char* credential : {"Bearer x", "Basic eA==", "foo"}) {
    answers_ = {Errc::net_connect, response(503), response(202)};
    client_.requests.clear();
    target_.authorization_header = credential;
    run(loop_, runner_.deliver(target_, "a.b.c"));
    ASSERT_EQ(client_.requests.size(), 3U);
    for (const http::OutboundRequest& request : client_.requests) {
      EXPECT_EQ(request.headers.count("Authorization"), 1U);
      EXPECT_EQ(*request.headers.find("Authorization"), credential);
    }
  }
}

// Covers: IC-59.
TEST_F(PushRunnerTest, PUSH_2_14_NothingIsSentAgainOnceItIsTaken) {
  answers_ = {response(202), response(202)};
  run(loop_, runner_.deliver(target_, "a.b.c"));
  EXPECT_EQ(client_.requests.size(), 1U);
}

TEST_F(PushRunnerTest, SSF_AZ_08_A_03_PUSH_2_1_08_SendsNoCredentialTheStreamDoesNotHave) {
  answers_ = {response(202)};
  target_.authorization_header.reset();
  run(loop_, runner_.attempt(target_, "a.b.c", {}));
  EXPECT_EQ(client_.requests[0].headers.find("Authorization"), nullptr);
}

TEST_F(PushRunnerTest, ReportsWhatTheReceiverSaid) {
  answers_ = {response(400, R"({"err":"invalid_key","description":"no"})")};
  const PushReport report = run(loop_, runner_.attempt(target_, "a.b.c", {}));
  EXPECT_THAT(report.outcome, VariantWith<RetryAfter>(Field(&RetryAfter::blame, Blame::stream)));
  EXPECT_EQ(report.answer.status, 400U);
  EXPECT_EQ(report.answer.error.err, "invalid_key");
  EXPECT_EQ(report.history.failures, 1U);
}

// Covers: PUSH-2-11, PUSH-2-15, SET-02.
TEST_F(PushRunnerTest, REL_09_TriesTheSameBytesUntilTheReceiverTakesThem) {
  answers_ = {Errc::net_connect, response(503, "", {{"Retry-After", "120"}}), Errc::net_closed,
              response(202)};
  const PushReport report = run(loop_, runner_.deliver(target_, "a.b.c"));
  EXPECT_THAT(report.outcome, VariantWith<Delivered>(_));
  EXPECT_EQ(report.history.failures, 3U);
  ASSERT_EQ(client_.requests.size(), 4U);
  for (const auto& request : client_.requests) EXPECT_EQ(request.body, "a.b.c");
  ASSERT_EQ(timers_.slept.size(), 3U);
  EXPECT_LE(timers_.slept[0], 1s);
  EXPECT_EQ(timers_.slept[1], 120s);
  EXPECT_LE(timers_.slept[2], 4s);
}

TEST_F(PushRunnerTest, REL_08_GivesUpOnlyOnTheThirdRefusalOfTheSetItself) {
  answers_ = {response(413), Errc::net_timeout, response(400), response(400, "{}")};
  const PushReport report = run(loop_, runner_.deliver(target_, "a.b.c"));
  EXPECT_THAT(report.outcome, VariantWith<Rejected>(_));
  EXPECT_EQ(report.history.refusals, 3U);
  EXPECT_EQ(client_.requests.size(), 4U);
}

}  // namespace
}  // namespace tocsin::transmitter
