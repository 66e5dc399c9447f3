#include "transmitter/push_engine.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <set>

#include "sim/virtual_time.h"
#include "support/fake_ledger.h"
#include "support/scripted_client.h"

namespace tocsin::transmitter {
namespace {

using namespace std::chrono_literals;
using test::FakeLedger;
using test::response;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = FakeLedger::State;

// Receivers that take their time, one answer per request.
class SlowClient final : public http::Client {
 public:
  using Answer = std::function<Result<http::Response>(const http::OutboundRequest&)>;

  SlowClient(loop::Timers& timers, Answer answer) : timers_(timers), answer_(std::move(answer)) {}

  http::Task<Result<http::Response>> send(http::OutboundRequest request) override {
    sent.push_back(request.body);
    ++under_way[request.url.host];
    most_under_way = std::max(most_under_way, under_way[request.url.host]);
    const auto time = answer_time;
    co_await timers_.sleep(request.url.host == "dead" ? 20s : time);
    --under_way[request.url.host];
    co_return answer_(request);
  }

  void answer(Answer answer) { answer_ = std::move(answer); }

  std::chrono::milliseconds answer_time{5};
  std::vector<std::string> sent;  // bodies: "jti-N"
  std::map<std::string, std::size_t> under_way;
  std::size_t most_under_way = 0;

 private:
  loop::Timers& timers_;
  Answer answer_;
};

class PushEngineTest : public ::testing::Test {
 protected:
  PushEngineTest() {
    add_stream("s1");
    engine_.emplace(loop_, parts(), config_);
  }
  ~PushEngineTest() override {
    engine_->stop();
    time_.run_until([this] { return is_over_; }, 1min);
  }

  void add_stream(const std::string& id, const std::string& host = "rc") {
    store::StreamRecord record;
    record.owner = {"https://tr.example.com", {"as", id}};
    record.config.stream_id = id;
    record.config.iss = "https://tr.example.com";
    record.config.events_delivered = {std::string(type_of(caep::SessionRevoked{}))};
    record.config.delivery = {.method = DeliveryMethod::push,
                              .endpoint_url = "https://" + host + "/push",
                              .authorization_header = "Bearer " + id};
    ledger_.records[id] = record;
  }

  PushEngine::Parts parts() {
    return {.outbox = ledger_,
            .streams = ledger_,
            .runner = runner_,
            .timers = time_,
            .clock = time_,
            .random = random_,
            .compact_of_all = [this](PushEngine::Record,
                                     std::vector<PushEngine::Set> sets) { return sign(sets); },
            .may_have =
                [this](const store::StreamRecord&, const store::PendingSet& set) {
                  return !forbidden_.contains(set.number);
                },
            .alarm = [this](PushEngine::Alarm alarm, const std::string&,
                            std::string_view) { alarms_.push_back(alarm); }};
  }

  Task<Result<std::vector<Result<std::string>>>> sign(std::vector<PushEngine::Set> sets) {
    signatures_ += sets.size();
    if (on_sign_) on_sign_();
    if (sign_error_) co_return *sign_error_;
    std::vector<Result<std::string>> compacts;
    for (const PushEngine::Set& set : sets) compacts.emplace_back(set->jti);
    co_return compacts;
  }

  void take_long_steps() {
    config_.tick = 5s;
    engine_.emplace(loop_, parts(), config_);
  }

  void start() {
    is_over_ = false;
    boost::asio::co_spawn(loop_, engine_->run(), [this](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
      is_over_ = true;
    });
  }

  bool run_until(const std::function<bool()>& done, std::chrono::nanoseconds span = 1min) {
    return time_.run_until(done, span);
  }
  void pass(std::chrono::nanoseconds span) {
    time_.run_until([] { return false; }, span);
  }
  bool run_until_all(State state, std::size_t count, std::chrono::nanoseconds span = 1min) {
    return run_until([&] { return ledger_.count("s1", state) == count; }, span);
  }

  void set_status(StreamStatus status, const std::string& id = "s1") {
    ledger_.records[id].status = status;
    ledger_.tell(id, store::Outbox::Change::other);
  }

  std::int64_t put(const std::string& subject, const std::string& stream_id = "s1") {
    return ledger_.put(stream_id, opaque_subject(subject), caep::SessionRevoked{});
  }

  loop::Loop loop_;
  sim::VirtualTime time_{loop_};
  SeededRandom random_{1};
  FakeLedger ledger_;
  SlowClient client_{time_, [](const http::OutboundRequest&) { return response(202); }};
  PushRunner runner_{{.client = client_, .timers = time_, .clock = time_, .random = random_}};
  PushEngine::Config config_;
  std::optional<PushEngine> engine_;
  std::set<std::int64_t> forbidden_;
  std::optional<Errc> sign_error_;
  std::function<void()> on_sign_;
  std::size_t signatures_ = 0;
  std::vector<PushEngine::Alarm> alarms_;
  bool is_over_ = true;
};

// Covers: SSF-8.1.2.1-04.
TEST_F(PushEngineTest, REL_02_DeliversWhatWasPendingAndWhatComes) {
  put("a");
  start();
  ASSERT_TRUE(run_until_all(State::delivered, 1));
  put("b");
  ASSERT_TRUE(run_until_all(State::delivered, 2));
  EXPECT_THAT(client_.sent, ElementsAre("jti-1", "jti-2"));
  EXPECT_EQ(engine_->counts().delivered, 2U);
  EXPECT_EQ(engine_->counts().accepted, 2U);
}

TEST_F(PushEngineTest, AnIdleStreamHoldsNothing) {
  start();
  for (int i = 0; i < 600; ++i) put("subject-" + std::to_string(i));
  ASSERT_TRUE(run_until_all(State::delivered, 600));
  ASSERT_TRUE(run_until([&] { return engine_->counts().streams_active == 0; }));
  EXPECT_EQ(signatures_, 600U);
  EXPECT_EQ(client_.sent.size(), 600U);
  EXPECT_EQ(client_.most_under_way, 16U);
}

TEST_F(PushEngineTest, REL_05_OutcomesThatAreReadyTogetherAreRecordedTogether) {
  ledger_.timers = &time_;
  start();
  for (int i = 0; i < 300; ++i) put("subject-" + std::to_string(i));
  ASSERT_TRUE(run_until_all(State::delivered, 300));
  EXPECT_LT(ledger_.settle_calls, 150U);
}

TEST_F(PushEngineTest, REL_06_KeepsTheOrderOfASubjectThroughFailures) {
  take_long_steps();
  int calls = 0;
  client_.answer([&](const http::OutboundRequest&) -> Result<http::Response> {
    ++calls;
    if (calls % 3 == 0) return Errc::net_timeout;
    return response(calls % 5 == 0 ? 503 : 202);
  });
  start();
  for (int i = 0; i < 100; ++i) put("subject-" + std::to_string(i % 4));
  ASSERT_TRUE(run_until_all(State::delivered, 100, 48h));
  std::map<int, int> first_seen;  // by subject: the last event seen first
  std::set<std::string> seen;
  for (const std::string& jti : client_.sent) {
    if (!seen.insert(jti).second) continue;
    const int number = std::stoi(jti.substr(4));
    EXPECT_GT(number, first_seen[number % 4]);
    first_seen[number % 4] = number;
  }
}

TEST_F(PushEngineTest, REL_08_OnePoisonedEventBecomesADeadLetterAndTheOthersGoOn) {
  client_.answer([](const http::OutboundRequest& request) {
    return response(request.body == "jti-2" ? 400 : 202, R"({"err":"invalid_<x>"})");
  });
  start();
  for (const char* subject : {"a", "b", "c", "d"}) put(subject);
  ASSERT_TRUE(run_until_all(State::rejected, 1));
  EXPECT_EQ(ledger_.count("s1", State::delivered), 3U);
  EXPECT_EQ(ledger_.rows["s1"][2].set.history.refusals, 3U);
  EXPECT_EQ(ledger_.rows["s1"][2].note, "http 400 invalid_?x?");
  EXPECT_EQ(engine_->counts().blamed_event, 3U);
  EXPECT_THAT(alarms_, IsEmpty());
}

TEST_F(PushEngineTest, REL_08_WhatAReceiverThatRefusesEverythingRejectedComesBack) {
  take_long_steps();
  bool is_mad = true;
  client_.answer([&](const http::OutboundRequest&) { return response(is_mad ? 413 : 202); });
  start();
  for (std::size_t i = 1; i <= 4; ++i) {
    put("subject-" + std::to_string(i));
    ASSERT_TRUE(run_until_all(State::rejected, i));
  }
  put("the fifth");
  ASSERT_TRUE(run_until_all(State::pending, 5));
  EXPECT_THAT(alarms_, ElementsAre(PushEngine::Alarm::stream_refuses));
  pass(10h);
  EXPECT_EQ(ledger_.count("s1", State::pending), 5U);
  is_mad = false;
  ASSERT_TRUE(run_until_all(State::delivered, 5, 3h));
}

TEST_F(PushEngineTest, REL_09_AfterThreeDaysTheStreamIsPausedAndNothingIsLost) {
  take_long_steps();
  client_.answer(
      [](const http::OutboundRequest&) -> Result<http::Response> { return Errc::net_connect; });
  start();
  for (int i = 0; i < 50; ++i) put("subject-" + std::to_string(i));
  pass(71h);
  EXPECT_FALSE(ledger_.records["s1"].pending);
  const std::size_t attempts = client_.sent.size();
  EXPECT_GT(attempts, 72U);  // an hour at most between two
  EXPECT_LT(attempts, 300U);
  ASSERT_TRUE(run_until([&] { return ledger_.records["s1"].pending.has_value(); }, 3h));
  EXPECT_EQ(ledger_.records["s1"].pending->status, StreamStatus::paused);
  EXPECT_THAT(alarms_, ElementsAre(PushEngine::Alarm::stream_paused));
  EXPECT_EQ(ledger_.count("s1", State::pending), 51U);  // and the SET that announces it
  EXPECT_EQ(engine_->counts().streams_paused, 1U);
}

TEST_F(PushEngineTest, REL_09_RecoversByItselfFromALongOutage) {
  take_long_steps();
  bool is_dead = true;
  client_.answer([&](const http::OutboundRequest&) -> Result<http::Response> {
    if (is_dead) return Errc::net_timeout;
    return response(202);
  });
  start();
  for (int i = 0; i < 50; ++i) put("subject-" + std::to_string(i));
  pass(60h);
  EXPECT_EQ(engine_->counts().streams_failing, 1U);
  is_dead = false;
  ASSERT_TRUE(run_until_all(State::delivered, 50, 2h));
  EXPECT_EQ(engine_->counts().streams_failing, 0U);
}

TEST_F(PushEngineTest, SSF_8_1_5_TheAnnouncementGoesFirstAndThenTheStatusIsInEffect) {
  ledger_.records["s1"].pending = store::PendingStatus{StreamStatus::paused, "maintenance", {}};
  const auto waiting = put("a");
  const auto notice =
      ledger_.put("s1", opaque_subject("s1"), ssf::StreamUpdated{.status = StreamStatus::paused});
  ledger_.rows["s1"][notice].set.announces_status = true;
  start();
  ASSERT_TRUE(run_until([&] { return ledger_.records["s1"].status == StreamStatus::paused; }));
  EXPECT_EQ(ledger_.records["s1"].reason, "maintenance");
  EXPECT_FALSE(ledger_.records["s1"].pending);
  pass(1h);
  EXPECT_THAT(client_.sent, ElementsAre("jti-2"));
  EXPECT_EQ(ledger_.rows["s1"][waiting].state, State::pending);
  set_status(StreamStatus::enabled);
  ASSERT_TRUE(run_until_all(State::delivered, 2));
}

TEST_F(PushEngineTest, REL_11_AfterAPauseNoAttemptBegins) {
  start();
  for (int flip = 0; flip < 50; ++flip) {
    for (int i = 0; i < 40; ++i) put("subject-" + std::to_string(i));
    pass(std::chrono::milliseconds(random_.below(30)));
    set_status(StreamStatus::paused);
    const std::size_t sent = client_.sent.size();
    pass(std::chrono::milliseconds(random_.below(200)));
    EXPECT_EQ(client_.sent.size(), sent);
    set_status(StreamStatus::enabled);
  }
  ASSERT_TRUE(run_until_all(State::delivered, 2000));
  EXPECT_EQ(client_.sent.size(), 2000U);
}

TEST_F(PushEngineTest, REL_11_AnAttemptThatWasAboutToBeginSeesThePause) {
  // The pause is committed after the attempt was decided on and before it starts.
  on_sign_ = [this] { boost::asio::post(loop_, [this] { set_status(StreamStatus::paused); }); };
  put("a");
  start();
  pass(1min);
  EXPECT_EQ(signatures_, 1U);
  EXPECT_THAT(client_.sent, IsEmpty());
  on_sign_ = nullptr;
  set_status(StreamStatus::enabled);
  ASSERT_TRUE(run_until_all(State::delivered, 1));
}

TEST_F(PushEngineTest, REL_27_KnowsTheAgeOfTheOldestSet) {
  client_.answer([](const http::OutboundRequest&) { return response(503); });
  put("a");
  ledger_.rows["s1"][1].set.iat = time_.wall_seconds();
  start();
  pass(10min);
  EXPECT_GE(engine_->counts().oldest_pending, 9min);
  client_.answer([](const http::OutboundRequest&) { return response(202); });
  ASSERT_TRUE(run_until_all(State::delivered, 1, 1h));
  EXPECT_EQ(engine_->counts().oldest_pending, 0s);
}

TEST_F(PushEngineTest, REL_12_AWithdrawnSetIsNotAttempted) {
  client_.answer_time = 50ms;
  start();
  std::int64_t last = 0;
  for (int i = 0; i < 20; ++i) last = put("the same");
  pass(200ms);
  ledger_.withdraw("s1", last);
  ASSERT_TRUE(run_until_all(State::delivered, 19));
  pass(1min);
  EXPECT_EQ(client_.sent.size(), 19U);
}

// Covers: IC-40.
TEST_F(PushEngineTest, REL_11_ADeletedStreamGetsNothingMore) {
  client_.answer_time = 50ms;
  start();
  for (int i = 0; i < 20; ++i) put("the same");
  pass(200ms);
  const std::size_t sent = client_.sent.size();
  ledger_.records.erase("s1");
  ledger_.rows.erase("s1");
  ledger_.tell("s1", store::Outbox::Change::other);
  pass(10min);
  EXPECT_EQ(client_.sent.size(), sent);
  EXPECT_EQ(engine_->counts().streams_active, 0U);
}

// Covers: SSF-9.2-02, SSF-9.2-03.
TEST_F(PushEngineTest, SEC_14_PolicyIsAskedAtEveryAttempt) {
  forbidden_ = {2};
  start();
  for (const char* subject : {"a", "b", "c"}) put(subject);
  ASSERT_TRUE(run_until_all(State::delivered, 2));
  EXPECT_THAT(client_.sent, ElementsAre("jti-1", "jti-3"));
  EXPECT_EQ(ledger_.rows["s1"][2].state, State::withdrawn);
}

TEST_F(PushEngineTest, SEC_38_AnEventTypeThatIsNoLongerDeliveredDoesNotLeave) {
  put("a");
  ledger_.records["s1"].config.events_delivered = {};
  start();
  ASSERT_TRUE(run_until_all(State::withdrawn, 1));
  EXPECT_THAT(client_.sent, IsEmpty());
}

TEST_F(PushEngineTest, SEC_34_SendsNothingWhileItCannotSignAndResumesWhenItCan) {
  sign_error_ = Errc::jose_key_unavailable;
  start();
  put("a");
  pass(1min);
  EXPECT_THAT(client_.sent, IsEmpty());
  EXPECT_EQ(alarms_.front(), PushEngine::Alarm::cannot_sign);
  EXPECT_GT(engine_->counts().sign_failures, 0U);
  sign_error_.reset();
  ASSERT_TRUE(run_until_all(State::delivered, 1, 10s));
}

TEST_F(PushEngineTest, VO_04_ASetThatMayNotBeSentIsADeadLetterAndHoldsNothingUp) {
  sign_error_ = Errc::subject_value;
  start();
  put("a");
  ASSERT_TRUE(run_until_all(State::rejected, 1));
  EXPECT_EQ(ledger_.rows["s1"][1].note, "subject.value");
  sign_error_.reset();
  put("a");
  ASSERT_TRUE(run_until_all(State::delivered, 1));
}

TEST_F(PushEngineTest, REL_20_GoesOnWhenTheStoreIsBack) {
  ledger_.is_down = true;
  put("a");
  start();
  pass(10s);
  ledger_.is_down = false;
  ASSERT_TRUE(run_until_all(State::delivered, 1));
  client_.answer([&](const http::OutboundRequest&) {
    ledger_.is_down = true;
    return response(202);
  });
  put("b");
  pass(10s);
  EXPECT_EQ(client_.sent.size(), 2U);
  EXPECT_GT(engine_->counts().store_failures, 5U);
  ledger_.is_down = false;
  ASSERT_TRUE(run_until_all(State::delivered, 2));
  EXPECT_EQ(client_.sent.size(), 2U);  // REL-05: no fault of the receiver, no second copy
}

TEST_F(PushEngineTest, REL_10_DeadReceiversTakeAFewPlacesOnly) {
  config_.attempts_max = 40;
  engine_.emplace(loop_, parts(), config_);
  for (int i = 0; i < 100; ++i) add_stream("dead-" + std::to_string(i), "dead");
  client_.answer([](const http::OutboundRequest& request) -> Result<http::Response> {
    if (request.url.host == "dead") return Errc::net_timeout;
    return response(202);
  });
  for (int i = 0; i < 100; ++i) {
    for (int n = 0; n < 5; ++n) {
      put("subject-" + std::to_string(n), "dead-" + std::to_string(i));
    }
  }
  start();
  pass(30min);
  EXPECT_LE(client_.under_way["dead"], 10U);
  for (int i = 0; i < 200; ++i) put("subject-" + std::to_string(i));
  ASSERT_TRUE(run_until_all(State::delivered, 200, 2s));
}

TEST_F(PushEngineTest, REL_18_FindsWorkThatNoHintToldAbout) {
  start();
  pass(5s);
  store::PendingSet set;
  set.stream_id = "s1";
  set.number = 77;
  set.jti = "jti-77";
  set.subject = opaque_subject("a");
  set.event = caep::SessionRevoked{};
  ledger_.rows["s1"][77].set = set;
  ASSERT_TRUE(run_until_all(State::delivered, 1, 31s));
}

// Covers: IC-58.
TEST_F(PushEngineTest, SEC_43_SendsEachStreamItsOwnHeader) {
  add_stream("s2");
  std::set<std::string> headers;
  client_.answer([&](const http::OutboundRequest& request) {
    headers.insert(*request.headers.find("Authorization"));
    return response(202);
  });
  start();
  put("a", "s1");
  put("a", "s2");
  ASSERT_TRUE(run_until([&] { return headers.size() == 2; }));
  EXPECT_THAT(headers, ElementsAre("Bearer s1", "Bearer s2"));
}

// Covers: A-81, PUSH-2.1-08.
TEST_F(PushEngineTest, SEC_41_ARedirectIsAFailedAttempt) {
  client_.answer([](const http::OutboundRequest&) {
    return response(302, "", {{"Location", "https://canary/"}});
  });
  start();
  put("a");
  pass(1min);
  EXPECT_EQ(ledger_.count("s1", State::pending), 1U);
  EXPECT_EQ(client_.under_way.count("canary"), 0U);
  EXPECT_EQ(engine_->counts().blamed_stream, client_.sent.size());
  EXPECT_THAT(alarms_, ElementsAre(PushEngine::Alarm::stream_refuses));
}

TEST_F(PushEngineTest, REL_23_StopLetsWhatIsUnderWayEndAndBeRecorded) {
  client_.answer_time = 3s;
  start();
  for (int i = 0; i < 10; ++i) put("the same");
  pass(1s);
  engine_->stop();
  ASSERT_TRUE(run_until([this] { return is_over_; }, 10s));
  EXPECT_EQ(client_.sent.size(), 1U);
  EXPECT_EQ(ledger_.count("s1", State::delivered), 1U);
}

TEST_F(PushEngineTest, REL_21_AWallClockSetForwardNeitherStallsNorLosesARetry) {
  ledger_.put("s1", opaque_subject("a"), caep::SessionRevoked{});
  ledger_.rows["s1"][1].set.history = {.failures = 3};
  ledger_.rows["s1"][1].set.due_at = time_.wall() + std::chrono::hours(24 * 365);
  start();
  ASSERT_TRUE(run_until_all(State::delivered, 1, 61min));
}

}  // namespace
}  // namespace tocsin::transmitter
