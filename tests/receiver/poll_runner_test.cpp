#include "receiver/poll_runner.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <deque>

#include "receiver/scripted_transmitter.h"
#include "sim/virtual_time.h"
#include "store/memory_inbox.h"
#include "support/matchers.h"

namespace tocsin::receiver {
namespace {

using namespace std::chrono_literals;
using test::ScriptedTransmitter;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PollRunnerTest : public ::testing::Test {
 protected:
  PollRunnerTest() { peer_.keys = {key_}; }
  ~PollRunnerTest() override {
    runner_.stop();
    time_.run_until([this] { return is_over_; }, 10min);
  }

  static SetPolicy policy() {
    SetPolicy policy;
    policy.iss = ScriptedTransmitter::issuer;
    policy.aud = {"https://rx.example.com"};
    return policy;
  }

  std::string set(std::string jti) {
    SecurityEventToken claims;
    claims.iss = ScriptedTransmitter::issuer;
    claims.aud = {"https://rx.example.com"};
    claims.jti = std::move(jti);
    claims.iat = time_.wall_seconds();
    claims.sub_id = opaque_subject("user");
    claims.event = caep::SessionRevoked{};
    return mint(claims, key_).value();
  }

  PollAnswer sets(std::vector<std::string> jtis) {
    PollAnswer answer;
    for (std::string& jti : jtis) {
      std::string compact = set(jti);
      answer.sets.push_back({std::move(jti), std::move(compact)});
    }
    return answer;
  }

  // A transmitter that holds a poll until the test has an answer for it, or its time is over.
  Task<Reply<PollAnswer>> poll(TransmitterApi::Poll poll) {
    asked_.push_back(poll.body);
    asked_at_.push_back(time_.monotonic());
    const bool at_once = poll.wait == 0s || !holds_;
    for (auto waited = 0ms; answers_.empty() && !at_once && waited < poll.wait; waited += 100ms) {
      co_await time_.sleep(100ms);
    }
    if (answers_.empty()) co_return Reply<PollAnswer>{PollAnswer(), 200};
    Reply<PollAnswer> reply = std::move(answers_.front());
    answers_.pop_front();
    co_return reply;
  }

  void answer(PollAnswer answer) { answers_.push_back(Reply<PollAnswer>{std::move(answer), 200}); }

  void start() {
    boost::asio::co_spawn(loop_, runner_.run(parse_url("https://tr.example.com/poll").value()),
                          [this](std::exception_ptr) { is_over_ = true; });
  }
  bool wait_until(const std::function<bool()>& done, std::chrono::nanoseconds span = 5min) {
    return time_.run_until(done, span);
  }
  std::vector<std::string> kept() const {
    std::vector<std::string> jtis;
    for (const store::InboxEntry& entry : inbox_.entries()) jtis.push_back(entry.jti);
    return jtis;
  }

  SigningKey key_ = SigningKey::generate(Algorithm::EdDSA, 0, "one").value();
  loop::Loop loop_;
  sim::VirtualTime time_{loop_};
  SeededRandom random_{1};
  ScriptedTransmitter peer_;
  issuer::JwksCache keys_{parse_url("https://tr.example.com/jwks_uri").value(), peer_.client,
                          time_};
  store::MemoryInbox inbox_;
  Intake intake_{"partner", policy(), {keys_, inbox_, time_}};

  bool holds_ = true;
  std::deque<Reply<PollAnswer>> answers_;
  std::vector<std::string> asked_;
  std::vector<std::chrono::nanoseconds> asked_at_;
  std::vector<Errc> failures_;
  std::vector<std::string> refusals_;
  PollRunner runner_{{.poll = [this](auto request) { return poll(std::move(request)); },
                      .intake = intake_,
                      .timers = time_,
                      .clock = time_,
                      .random = random_,
                      .on_failure = [this](const Error& error) { failures_.push_back(error.code); },
                      .on_refusal =
                          [this](const std::string& jti, const Error& error) {
                            refusals_.push_back(jti + " " + std::string(describe(error.code).name));
                          }},
                     {}};
  bool is_over_ = false;
};

TEST_F(PollRunnerTest, POLL_2_07_KeepsThenAcknowledgesWithTheNextPoll) {
  answer(sets({"1", "2"}));
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 2; }));
  EXPECT_EQ(asked_[0], R"({"maxEvents":500,"returnImmediately":false})");
  EXPECT_EQ(asked_[1], R"({"maxEvents":500,"returnImmediately":false,"ack":["1","2"]})");
  EXPECT_EQ(asked_at_[1], asked_at_[0]);
  EXPECT_THAT(kept(), ElementsAre("1", "2"));
}

TEST_F(PollRunnerTest, AnAcknowledgementIsOwedUntilAPollWithItWasAnswered) {
  answer(sets({"1"}));
  answers_.push_back(Reply<PollAnswer>{Error(Errc::net_closed)});
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 4; }));
  EXPECT_EQ(asked_[1], asked_[2]);
  EXPECT_EQ(asked_[3], R"({"maxEvents":500,"returnImmediately":false})");
  EXPECT_THAT(failures_, ElementsAre(Errc::net_closed));
  EXPECT_EQ(runner_.counts().acknowledged, 1U);
}

TEST_F(PollRunnerTest, POLL_2_4_03_SEC_29_ARepeatedSetIsAcknowledgedAgainAndKeptOnce) {
  answer(sets({"1"}));
  answer(sets({"1"}));
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 3; }));
  EXPECT_EQ(asked_[1], asked_[2]);
  EXPECT_THAT(kept(), ElementsAre("1"));
}

TEST_F(PollRunnerTest, POLL_2_06_POLL_2_4_4_01_ReportsAWrongSetAndAcknowledgesTheOthers) {
  PollAnswer answered = sets({"1", "2"});
  answered.sets[0].compact.resize(20);
  answer(std::move(answered));
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 2; }));
  EXPECT_EQ(asked_[1], R"({"maxEvents":500,"returnImmediately":false,"ack":["2"],"setErrs":{"1":)"
                       R"({"err":"invalid_request",)"
                       R"("description":"The token is not in JWS compact serialization."}}})");
  EXPECT_THAT(refusals_, ElementsAre("1 jose_serialization"));
}

TEST_F(PollRunnerTest, POLL_2_3_05_ASetUnderAnotherNameIsRefusedUnderThatName) {
  PollAnswer answered = sets({"1"});
  answered.sets[0].jti = "other";
  answer(std::move(answered));
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 2; }));
  EXPECT_THAT(refusals_, ElementsAre("other claim_value"));
  EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(PollRunnerTest, ERR_12_WhatNobodyCanJudgeNowIsNeitherAcknowledgedNorRefused) {
  peer_.answer_once("GET /jwks_uri", test::response(500));
  answer(sets({"1"}));
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 2; }));
  EXPECT_EQ(asked_[1], asked_[0]);
  EXPECT_GE(asked_at_[1] - asked_at_[0], 1s);  // it would come again at once
  EXPECT_THAT(refusals_, IsEmpty());
  EXPECT_EQ(runner_.counts().undecided, 1U);
}

TEST_F(PollRunnerTest, WhileOneIsUndecidedTheOthersAreAcknowledgedAtOnce) {
  // A kid nobody knows, and a refetch that is not allowed yet.
  const SigningKey other = SigningKey::generate(Algorithm::EdDSA, 0, "two").value();
  answer(sets({"1"}));
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 2; }));
  peer_.always = [](const http::OutboundRequest&) { return test::response(500); };
  PollAnswer answered = sets({"2"});
  std::swap(key_, const_cast<SigningKey&>(other));
  answered.sets.push_back(sets({"3"}).sets[0]);
  answer(std::move(answered));
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 4; }));
  EXPECT_EQ(asked_[2], R"({"maxEvents":0,"returnImmediately":true,"ack":["2"]})");
  EXPECT_EQ(asked_[3], R"({"maxEvents":500,"returnImmediately":false})");
}

TEST_F(PollRunnerTest, ATransmitterThatFailsIsLeftAloneLongerAndLonger) {
  for (int i = 0; i < 8; ++i) answers_.push_back(Reply<PollAnswer>{Error(Errc::net_answer), 500});
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 9; }, 1h));
  EXPECT_GT(asked_at_[8] - asked_at_[0], 20s);
  EXPECT_EQ(failures_.size(), 8U);
}

TEST_F(PollRunnerTest, RetryAfterIsHonoured) {
  answers_.push_back(Reply<PollAnswer>{Error(Errc::http_too_many), 429, 90s});
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 2; }));
  EXPECT_GE(asked_at_[1] - asked_at_[0], 90s);
}

TEST_F(PollRunnerTest, APeerThatDoesNotHoldPollsIsNotAskedWithoutPause) {
  holds_ = false;
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 4; }));
  EXPECT_EQ(asked_at_[3] - asked_at_[0], 6s);
}

TEST_F(PollRunnerTest, POLL_2_5_01_AHeldPollIsFollowedByTheNextAtOnce) {
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 3; }));
  EXPECT_EQ(asked_at_[2] - asked_at_[0], 2min);
}

TEST_F(PollRunnerTest, SetsAreKeptInTheOrderOfTheAnswer) {
  std::vector<std::string> jtis;
  for (int i = 0; i < 200; ++i) jtis.push_back("set-" + std::to_string(i));
  answer(sets(jtis));
  start();
  ASSERT_TRUE(wait_until([&] { return asked_.size() == 2; }));
  EXPECT_EQ(kept(), jtis);
}

}  // namespace
}  // namespace tocsin::receiver
