#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "api.h"
#include "transmitter/status_change.h"

namespace tocsin::transmitter {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class PollApiTest : public ApiTest {
 protected:
  // A poll that is not answered yet.
  struct Open {
    std::optional<http::Response> response;
  };

  std::shared_ptr<Open> start(const std::string& id, std::string body = "{}") {
    auto open = std::make_shared<Open>();
    auto task = serve(request("POST", "/ssf/poll/" + id, std::move(body), "acme"));
    boost::asio::co_spawn(loop_, std::move(task),
                          [open](std::exception_ptr bug, http::Response response) {
                            EXPECT_FALSE(bug);
                            open->response = std::move(response);
                          });
    settle();
    return open;
  }

  // Lets the loop do what can be done without waiting.
  void settle() {
    loop_.restart();
    while (loop_.poll() > 0) {
    }
  }

  // Lets the loop run until a poll is answered: a worker signs.
  http::Response finish(const std::shared_ptr<Open>& open) {
    loop_.restart();
    while (!open->response && loop_.run_one_for(10s) > 0) {
    }
    EXPECT_TRUE(open->response);
    return open->response.value_or(http::Response());
  }

  // Time passes, and whoever's is over is told.
  void pass(std::chrono::milliseconds time) {
    clock_.advance(time);
    waiters_.expire();
    settle();
  }
};

TEST_F(PollApiTest, POLL_2_3_01_PRX_D_03_SetsAreNamedByTheirJti) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  const http::Response response = poll(id);
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(*response.headers.find("Content-Type"), "application/json");
  ASSERT_THAT(jtis(response), ElementsAre("j1"));
  const Json compact = member(body_of(response), "sets", "j1");
  const auto set = verify_set(*compact.as_string(), id);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ((*set)->jti, "j1");
}

TEST_F(PollApiTest, POLL_2_3_02_NothingIsAnEmptyObject) {
  EXPECT_EQ(poll(create()).body, R"({"sets":{}})");
  EXPECT_EQ(poll(create(), R"({"ack":["x"],"maxEvents":0,"returnImmediately":true})").body,
            R"({"sets":{}})");
}

TEST_F(PollApiTest, POLL_2_2_02_03_POLL_2_3_03_NoMoreThanAskedForAndTheOldestFirst) {
  const std::string id = create();
  for (const char* jti : {"j1", "j2", "j3"}) store_.add_event(id, caep::SessionRevoked{}, jti);
  const http::Response response = poll(id, R"({"maxEvents":2,"returnImmediately":true})");
  EXPECT_THAT(jtis(response), ElementsAre("j1", "j2"));
  EXPECT_EQ(member(body_of(response), "moreAvailable"), Json(true));
  EXPECT_EQ(member(body_of(poll(id)), "moreAvailable"), Json());
}

TEST_F(PollApiTest, A_79_AnAnswerHasALimitWhereNoneIsAskedFor) {
  const std::string id = create();
  for (int i = 0; i < 101; ++i) {
    store_.add_event(id, caep::SessionRevoked{}, "j" + std::to_string(i));
  }
  const http::Response response = poll(id);
  EXPECT_EQ(jtis(response).size(), 100U);
  EXPECT_EQ(member(body_of(response), "moreAvailable"), Json(true));
  EXPECT_EQ(jtis(poll(id, R"({"maxEvents":5000,"returnImmediately":true})")).size(), 101U);
}

TEST_F(PollApiTest, REL_15_POLL_2_4_02_WhatIsNotAcknowledgedComesBackAsItWas) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  const http::Response first = poll(id);
  EXPECT_EQ(poll(id).body, first.body);
}

TEST_F(PollApiTest, POLL_2_4_3_01_POLL_2_2_08_AcknowledgementsComeFirst) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  store_.add_event(id, caep::SessionRevoked{}, "j2");
  EXPECT_THAT(jtis(poll(id, R"({"ack":["j1"],"maxEvents":10,"returnImmediately":true})")),
              ElementsAre("j2"));
  EXPECT_THAT(jtis(poll(id)), ElementsAre("j2"));
}

TEST_F(PollApiTest, POLL_2_2_07_SEC_12_AnAcknowledgementTouchesThisStreamOnly) {
  const std::string one = create();
  const std::string other = create();
  store_.add_event(one, caep::SessionRevoked{}, "j1");
  EXPECT_EQ(poll(other, R"({"ack":["j1","never-heard-of"],"returnImmediately":true})").status,
            200U);
  EXPECT_THAT(jtis(poll(one)), ElementsAre("j1"));
}

TEST_F(PollApiTest, POLL_2_2_09_PRX_D_03_AnErrorIsTakenAndTheSetWaits) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  const std::string refusal =
      R"({"setErrs":{"j1":{"err":"invalid_request","description":"no"}},"returnImmediately":true})";
  EXPECT_EQ(poll(id, refusal).body, R"({"sets":{}})");
  EXPECT_EQ(store_.waiting(id)[0].history.refusals, 1U);
  clock_.advance(2s);
  EXPECT_THAT(jtis(poll(id)), ElementsAre("j1"));
}

TEST_F(PollApiTest, POLL_2_5_1_03_POLL_2_02_WhatIsNoPollIs400) {
  const std::string id = create();
  for (const char* body : {"", "{", "[]", R"({"maxEvents":-1})", R"({"ack":"j1"})"}) {
    EXPECT_EQ(poll(id, body).status, 400U) << body;
  }
  http::Request labelled = request("POST", "/ssf/poll/" + id, "{}", "acme");
  labelled.headers.erase("Content-Type");
  labelled.headers.add("Content-Type", "text/plain");
  EXPECT_EQ(test::run(loop_, serve(labelled)).status, 415U);
}

TEST_F(PollApiTest, APushStreamIsNotPolled) {
  EXPECT_EQ(poll(create_push()).status, 404U);
}

TEST_F(PollApiTest, POLL_2_5_01_ALongPollWaitsAndWakesAtOnce) {
  const std::string id = create();
  const auto open = start(id);
  EXPECT_FALSE(open->response);
  EXPECT_EQ(waiters_.waiting(), 1U);
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  EXPECT_THAT(jtis(finish(open)), ElementsAre("j1"));
}

TEST_F(PollApiTest, POLL_2_5_02_NothingWaitsWhereThereIsASet) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  EXPECT_THAT(jtis(finish(start(id))), ElementsAre("j1"));
}

TEST_F(PollApiTest, POLL_2_2_06_AWaitEndsWithNothing) {
  const std::string id = create();
  const auto open = start(id);
  pass(29s);
  EXPECT_FALSE(open->response);
  pass(1s);
  ASSERT_TRUE(open->response);
  EXPECT_EQ(open->response->body, R"({"sets":{}})");
}

TEST_F(PollApiTest, POLL_2_4_2_01_A_41_AcknowledgeOnlyWaitsUnlessItSaysNotTo) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  const auto open = start(id, R"({"ack":["j1"],"maxEvents":0})");
  EXPECT_FALSE(open->response);
  EXPECT_THAT(store_.waiting(id), IsEmpty()) << "the acknowledgement does not wait";
  store_.add_event(id, caep::SessionRevoked{}, "j2");
  EXPECT_EQ(finish(open).body, R"({"sets":{},"moreAvailable":true})");
}

TEST_F(PollApiTest, POLL_SSF_04_A_15_AStoppedStreamAnswersNothingAndTakesAcknowledgements) {
  for (const char* status : {"paused", "disabled"}) {
    const std::string id = create();
    store_.add_event(id, caep::SessionRevoked{}, "j1");
    set_status(id, status);
    EXPECT_EQ(poll(id, R"({"ack":["j1"],"returnImmediately":true})").body, R"({"sets":{}})");
    EXPECT_THAT(store_.waiting(id), IsEmpty());
  }
}

TEST_F(PollApiTest, SSF_8_1_2_1_05_PRX_D_05_WhatAnnouncedTheStopWaitsUntilItIsOver) {
  const std::string id = create();
  auto told =
      store_.change(store_.record(id).owner, id,
                    decide_status({.status = StreamStatus::paused}, random_.id(), clock_.wall()));
  ASSERT_TRUE(test::run(loop_, std::move(told)));
  store_.record(id).status = StreamStatus::paused;  // its deadline passed
  store_.record(id).pending.reset();
  EXPECT_EQ(poll(id).body, R"({"sets":{}})");

  const auto open = start(id);
  call("POST", "/ssf/verification", R"({"stream_id":")" + id + R"(","state":"held"})");
  settle();
  EXPECT_FALSE(open->response) << "also a poll that looks again gets nothing";
  set_status(id, "enabled");
  const http::Response response = finish(open);
  const std::vector<std::string> sets = jtis(response);
  ASSERT_EQ(sets.size(), 2U);
  const Json first = member(body_of(response), "sets", sets[0]);
  EXPECT_TRUE(std::holds_alternative<ssf::StreamUpdated>(
      verify_set(*first.as_string(), id).value()->event));
}

TEST_F(PollApiTest, A_15_APollOfAPausedStreamWakesWhenItIsEnabled) {
  const std::string id = create();
  set_status(id, "paused");
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  const auto open = start(id);
  EXPECT_FALSE(open->response);
  set_status(id, "enabled");
  EXPECT_THAT(jtis(finish(open)), ElementsAre("j1"));
}

TEST_F(PollApiTest, PRX_8_1_1_5_01_ADeletedStreamEndsItsPolls) {
  const std::string id = create();
  const auto open = start(id);
  call("DELETE", "/ssf/streams?stream_id=" + id);
  EXPECT_EQ(finish(open).status, 404U);
}

TEST_F(PollApiTest, AtMostFourPollsAreOpenOnOneStream) {
  const std::string id = create();
  std::vector<std::shared_ptr<Open>> open;
  for (int i = 0; i < 4; ++i) open.push_back(start(id));
  const auto fifth = start(id);
  ASSERT_TRUE(fifth->response);
  EXPECT_EQ(fifth->response->status, 429U);
  EXPECT_NE(fifth->response->headers.find("Retry-After"), nullptr);
  EXPECT_FALSE(start(create())->response) << "another stream has its own four";
  pass(30s);
  for (const auto& one : open) EXPECT_TRUE(one->response);
  EXPECT_FALSE(start(id)->response);
}

TEST_F(PollApiTest, SEC_09_AForeignPollTakesNoSeat) {
  const std::string id = create();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(poll(id, "{}", "globex").status, 404U);
  }
  EXPECT_FALSE(start(id)->response);
}

TEST_F(PollApiTest, REL_04_PollsThatWakeTogetherGetTheSameBytes) {
  const std::string id = create();
  const auto one = start(id);
  const auto other = start(id);
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  const http::Response first = finish(one);
  EXPECT_EQ(first.body, finish(other).body);
  EXPECT_EQ(store_.kept.size(), 1U);
}

TEST_F(PollApiTest, TenThousandWait) {
  for (int i = 0; i < 2'500; ++i) {
    store::StreamRecord record;
    record.owner = {tenant_->issuer(), {"https://as", "acme"}};
    record.config.stream_id = "s" + std::to_string(i);
    ASSERT_TRUE(test::run(loop_, store_.create(std::move(record), 10'000)));
  }
  std::vector<std::optional<PollWaiters::Seat>> seats;
  for (int i = 0; i < 10'000; ++i) {
    seats.push_back(waiters_.sit("s" + std::to_string(i % 2'500)));
    ASSERT_TRUE(seats.back());
  }
  std::size_t done = 0;
  for (auto& seat : seats) {
    boost::asio::co_spawn(loop_, seat->wait(30s + clock_.monotonic()),
                          [&done](std::exception_ptr) { ++done; });
  }
  settle();
  EXPECT_EQ(waiters_.waiting(), 10'000U);
  store_.add_event("s7", caep::SessionRevoked{}, "j1");
  settle();
  EXPECT_EQ(done, 4U);
  pass(30s);
  EXPECT_EQ(done, 10'000U);
  EXPECT_EQ(waiters_.waiting(), 0U);
}

TEST_F(PollApiTest, WaitsEndWhenTheServerStops) {
  const std::string id = create();
  const auto open = start(id);
  waiters_.stop();
  EXPECT_EQ(finish(open).body, R"({"sets":{}})");
  EXPECT_EQ(finish(start(id)).body, R"({"sets":{}})");
}

TEST_F(PollApiTest, SEC_34_WithoutAKeyItIs503AndNothingIsLost) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  signer_.replace_keys(std::nullopt, KeySet());
  EXPECT_EQ(poll(id).status, 503U);
  signer_.replace_keys(key_, KeySet::of({key_}));
  EXPECT_THAT(jtis(poll(id)), ElementsAre("j1"));
}

// Covers: SSF-9.2-03.
TEST_F(PollApiTest, SEC_14_PolicyIsAskedAgainAtDelivery) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1", email_subject("a@example.com"));
  store_.add_event(id, caep::SessionRevoked{}, "j2", email_subject("b@example.com"));
  tenant_->replace_receivers(
      {{{"https://as", "acme"},
        {.subjects = SubjectScope::listed, .subjects_listed = {email_subject("b@example.com")}}}});
  EXPECT_THAT(jtis(poll(id)), ElementsAre("j2"));
  ASSERT_EQ(store_.settled.size(), 1U);
  EXPECT_EQ(store_.settled[0].state, store::Settled::State::withdrawn);
}

TEST_F(PollApiTest, WhatCanNeverBeSentDoesNotBlockTheRest) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1", email_subject(""));
  store_.add_event(id, caep::SessionRevoked{}, "j2");
  EXPECT_THAT(jtis(poll(id)), ElementsAre("j2"));
  ASSERT_EQ(store_.settled.size(), 1U);
  EXPECT_EQ(store_.settled[0].state, store::Settled::State::rejected);
  EXPECT_EQ(store_.settled[0].note, "subject.value");
}

TEST_F(PollApiTest, AStoreThatFailsIs503) {
  const std::string id = create();
  store_.fail_with = Errc::store_unavailable;
  EXPECT_EQ(poll(id).status, 503U);
}

}  // namespace
}  // namespace tocsin::transmitter
