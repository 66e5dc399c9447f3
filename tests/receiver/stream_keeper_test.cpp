#include "receiver/stream_keeper.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "receiver/scripted_transmitter.h"
#include "sim/virtual_time.h"
#include "store/memory_inbox.h"
#include "support/matchers.h"
#include "support/memory_notes.h"

namespace tocsin::receiver {
namespace {

using namespace std::chrono_literals;
using test::response;
using test::ScriptedTransmitter;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Event = StreamKeeper::Event;

constexpr std::string_view revoked =
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

class StreamKeeperTest : public ::testing::Test {
 protected:
  StreamKeeperTest() {
    peer_.keys = {key_};
    config_.name = "partner";
    config_.metadata.issuer = ScriptedTransmitter::issuer;
    config_.bearer = "token";
    config_.wanted.delivery.method = DeliveryMethod::poll;
    config_.wanted.events_requested = {std::string(revoked)};
    config_.wanted.description = "rx.example.com: partner";
    config_.policy.iss = ScriptedTransmitter::issuer;
  }
  ~StreamKeeperTest() override { end(); }

  void start() {
    intake_.emplace("partner", std::nullopt, Intake::Parts{keys_, inbox_, time_},
                    [this](const VerifiedSet& set, auto) { keeper_->observe(set); });
    keeper_.emplace(
        config_,
        StreamKeeper::Parts{
            .client = peer_.client,
            .notes = notes_,
            .intake = *intake_,
            .timers = time_,
            .clock = time_,
            .random = random_,
            .tell =
                [this](Event event, const std::string& detail) {
                  told_.push_back(std::string(StreamKeeper::name_of(event)).substr(9) + " " +
                                  detail);
                },
            .use = [this](const StreamConfig& stream,
                          const auto&) { used_.push_back(stream.delivery.endpoint_url); }});
    is_over_ = false;
    boost::asio::co_spawn(loop_, keeper_->run(), [this](std::exception_ptr) { is_over_ = true; });
  }
  void end() {
    if (!keeper_) return;
    keeper_->stop();
    time_.run_until([this] { return is_over_; }, 3h);
    keeper_.reset();
  }
  bool wait_until(const std::function<bool()>& done, std::chrono::nanoseconds span = 10min) {
    return time_.run_until(done, span);
  }
  bool wait_until_established() {
    return wait_until([this] { return keeper_->state().is_established; });
  }
  bool wait(std::chrono::nanoseconds span) {
    const auto until = time_.monotonic() + span;
    return wait_until([this, until] { return time_.monotonic() >= until; }, span + 1h);
  }

  // A SET about the stream, taken in.
  Result<void> send(tocsin::Event event, std::string stream_id = "s1") {
    SecurityEventToken claims;
    claims.iss = ScriptedTransmitter::issuer;
    claims.aud = {"https://rx.example.com"};
    claims.jti = "jti-" + std::to_string(++sent_);
    claims.iat = time_.wall_seconds();
    claims.sub_id = opaque_subject(std::move(stream_id));
    claims.event = std::move(event);
    std::optional<Intake::Verdict> verdict;
    boost::asio::co_spawn(loop_, take(mint(claims, key_).value(), verdict),
                          [](std::exception_ptr) {});
    wait_until([&] { return verdict.has_value(); });
    return verdict->result;
  }
  Task<void> take(std::string compact, std::optional<Intake::Verdict>& verdict) {
    verdict = co_await intake_->take(std::move(compact));
  }
  Result<void> send_verification(std::string state) {
    ssf::Verification event;
    event.state = std::move(state);
    return send(event);
  }

  std::size_t count(const std::string& call) const {
    return static_cast<std::size_t>(std::ranges::count(peer_.calls, call));
  }
  std::vector<std::string> changes() const {
    std::vector<std::string> calls;
    for (const http::OutboundRequest& request : peer_.client.requests) {
      if (request.url.path == "/configuration_endpoint" && request.method != "GET") {
        calls.push_back(request.method + " " + request.body);
      }
    }
    return calls;
  }

  SigningKey key_ = SigningKey::generate(Algorithm::EdDSA, 0, "one").value();
  loop::Loop loop_;
  sim::VirtualTime time_{loop_};
  SeededRandom random_{1};
  ScriptedTransmitter peer_;
  issuer::JwksCache keys_{parse_url("https://tr.example.com/jwks_uri").value(), peer_.client,
                          time_};
  store::MemoryInbox inbox_;
  test::MemoryNotes notes_;
  StreamKeeper::Config config_;
  std::vector<std::string> told_;
  std::vector<std::string> used_;
  int sent_ = 0;
  std::optional<Intake> intake_;
  std::optional<StreamKeeper> keeper_;
  bool is_over_ = true;
};

TEST_F(StreamKeeperTest, MakesTheStreamAndIsUsedOnce) {
  start();
  ASSERT_TRUE(wait_until_established());
  EXPECT_EQ(keeper_->state().stream_id, "s1");
  EXPECT_THAT(used_, ElementsAre("https://tr.example.com/poll/s1"));
  EXPECT_EQ(peer_.streams.size(), 1U);
  EXPECT_THAT(told_, ElementsAre("established s1"));
}

TEST_F(StreamKeeperTest, ASecondStartChangesNothing) {
  start();
  ASSERT_TRUE(wait_until_established());
  end();
  peer_.client.requests.clear();
  start();
  ASSERT_TRUE(wait_until_established());
  EXPECT_THAT(changes(), IsEmpty());
  EXPECT_EQ(count("GET /configuration_endpoint?stream_id=s1"), 1U);
}

TEST_F(StreamKeeperTest, AStreamWhoseAnswerGotLostIsFoundAgain) {
  // It was made, and nobody told us.
  peer_.always =
      [this](const http::OutboundRequest& request) -> std::optional<Result<http::Response>> {
    if (request.method != "POST" || request.url.path != "/configuration_endpoint") return {};
    peer_.streams["s7"] = *parse_json(request.body)->as_object();
    return Result<http::Response>(Errc::net_timeout);
  };
  start();
  ASSERT_TRUE(wait_until_established());
  EXPECT_EQ(peer_.streams.size(), 1U);
  EXPECT_EQ(keeper_->state().stream_id, "s7");
}

TEST_F(StreamKeeperTest, SSF_8_1_1_1_06_After409TakesTheStreamThatIsThereAndMendsIt) {
  peer_.streams["s9"] = *parse_json(R"({"description":"made by hand"})")->as_object();
  peer_.answer_once("POST /configuration_endpoint", response(409));
  start();
  ASSERT_TRUE(wait_until_established());
  EXPECT_EQ(keeper_->state().stream_id, "s9");
  EXPECT_EQ(*peer_.streams["s9"].find("description")->as_string(), "rx.example.com: partner");
  EXPECT_EQ(peer_.streams.size(), 1U);
}

TEST_F(StreamKeeperTest, After409WithSeveralStreamsItAsksThePerson) {
  peer_.streams["s8"] = {{"description", "one"}};
  peer_.streams["s9"] = {{"description", "two"}};
  peer_.always = [](const http::OutboundRequest& request) -> std::optional<Result<http::Response>> {
    if (request.method == "POST" && request.url.path == "/configuration_endpoint") {
      return response(409);
    }
    return std::nullopt;
  };
  start();
  ASSERT_TRUE(wait_until([&] { return !told_.empty(); }));
  EXPECT_THAT(told_[0], AllOf(HasSubstr("cannot_establish"), HasSubstr("stream_id")));
  EXPECT_THAT(changes(), Not(Contains(HasSubstr("PATCH"))));
}

TEST_F(StreamKeeperTest, ATransmitterWithoutPatchGetsAPut) {
  start();
  ASSERT_TRUE(wait_until_established());
  end();
  config_.wanted.events_requested.push_back("https://example.com/more");
  peer_.answer_once("PATCH /configuration_endpoint", response(405));
  start();
  ASSERT_TRUE(wait_until_established());
  EXPECT_THAT(changes(), Contains(HasSubstr("PUT")));
  EXPECT_THAT(told_, Contains("established s1"));
}

TEST_F(StreamKeeperTest, SSF_8_1_1_3_11_After202ItLooksAgainLater) {
  start();
  ASSERT_TRUE(wait_until_established());
  end();
  config_.wanted.description = "another name";
  peer_.answer_once("PATCH /configuration_endpoint", response(202));
  told_.clear();
  start();
  ASSERT_TRUE(wait_until_established());
  EXPECT_THAT(told_[0], HasSubstr("taken, not done yet"));
  EXPECT_EQ(*peer_.streams["s1"].find("description")->as_string(), "another name");
}

TEST_F(StreamKeeperTest, SSF_7_2_4_01_WithMetadataOfAnotherIssuerNothingElseIsCalled) {
  peer_.metadata.insert_or_assign("issuer", "https://else.example.com");
  start();
  ASSERT_TRUE(wait_until([&] { return told_.size() == 3; }));
  EXPECT_THAT(peer_.calls, ::testing::Each("GET /.well-known/ssf-configuration"));
}

TEST_F(StreamKeeperTest, A429IsWaitedFor) {
  peer_.answer_once("GET /configuration_endpoint", response(429, "", {{"Retry-After", "120"}}));
  start();
  ASSERT_TRUE(wait_until_established());
  EXPECT_GE(time_.monotonic(), 120s);
}

TEST_F(StreamKeeperTest, AnotherAudienceThanExpectedIsNotUsed) {
  config_.wanted.aud = {"https://else.example.com"};
  start();
  ASSERT_TRUE(wait_until([&] { return told_.size() == 2; }));
  EXPECT_THAT(told_[0], HasSubstr("claim.audience"));
  EXPECT_THAT(used_, IsEmpty());
  EXPECT_EQ(peer_.streams.size(), 1U);
}

TEST_F(StreamKeeperTest, SSF_8_1_1_11_SaysWhatWillNotCome) {
  Json stream = peer_.stream_of("s1", {{"events_requested", JsonArray{std::string(revoked)}}});
  stream.as_object()->insert_or_assign("events_delivered", JsonArray{});
  peer_.answer_once("POST /configuration_endpoint", ScriptedTransmitter::json(201, stream));
  start();
  ASSERT_TRUE(wait_until_established());
  EXPECT_THAT(told_, Contains("not_delivered " + std::string(revoked)));
}

TEST_F(StreamKeeperTest, SSF_8_1_4_1_03_VerificationIsAskedForAndRecognised) {
  start();
  ASSERT_TRUE(wait_until([&] { return !peer_.verification_states.empty(); }));
  EXPECT_TRUE(send_verification(peer_.verification_states[0]));
  EXPECT_THAT(told_, Contains("verified s1"));
  EXPECT_TRUE(keeper_->state().verified_at);
}

TEST_F(StreamKeeperTest, SEC_31_ERR_07_AStateNobodyAskedForIsRefused) {
  start();
  ASSERT_TRUE(wait_until([&] { return !peer_.verification_states.empty(); }));
  EXPECT_THAT(send_verification("made up"), test::FailsWith(Errc::event_state));
  EXPECT_THAT(told_, Not(Contains("verified s1")));
}

TEST_F(StreamKeeperTest, AVerificationThatDoesNotComeIsMissedOnceAndWelcomeLate) {
  start();
  ASSERT_TRUE(wait_until([&] { return keeper_->state().missing_verifications == 1; }));
  ASSERT_TRUE(wait(10min));
  EXPECT_EQ(std::ranges::count(told_, "verification_missing s1"), 1);
  EXPECT_TRUE(send_verification(peer_.verification_states[0]));
  EXPECT_THAT(told_, Contains("verified s1"));
}

TEST_F(StreamKeeperTest, VerificationIsRepeated) {
  start();
  ASSERT_TRUE(wait_until([&] { return peer_.verification_states.size() == 3; }, 3h));
}

TEST_F(StreamKeeperTest, SSF_8_1_5_09_AStatusTheTransmitterChangesIsNoticed) {
  start();
  ASSERT_TRUE(wait_until_established());
  ssf::StreamUpdated event;
  event.status = StreamStatus::paused;
  event.reason = "maintenance";
  EXPECT_TRUE(send(event));
  peer_.status = "paused";
  EXPECT_THAT(told_, Contains("status_changed paused: maintenance"));
  EXPECT_EQ(keeper_->state().status, StreamStatus::paused);
}

TEST_F(StreamKeeperTest, SSF_8_1_1_19_ReadsTheStatusOftenEnoughToStayAlive) {
  peer_.always =
      [this](const http::OutboundRequest& request) -> std::optional<Result<http::Response>> {
    if (request.method != "POST" || request.url.path != "/configuration_endpoint") return {};
    peer_.streams["s1"] = *parse_json(request.body)->as_object();
    Json stream = peer_.stream_of("s1", peer_.streams["s1"]);
    stream.as_object()->append("inactivity_timeout", Json(600));
    return ScriptedTransmitter::json(201, stream);
  };
  start();
  ASSERT_TRUE(wait_until_established());
  ASSERT_TRUE(wait(1h));
  EXPECT_GE(count("GET /status_endpoint?stream_id=s1"), 12U);
}

TEST_F(StreamKeeperTest, AStreamThatIsGoneIsMadeAnew) {
  start();
  ASSERT_TRUE(wait_until_established());
  peer_.streams.clear();
  keeper_->miss_stream();
  ASSERT_TRUE(wait_until([&] { return keeper_->state().stream_id == "s2"; }));
  EXPECT_THAT(told_, Contains("stream_gone s1"));
  EXPECT_EQ(peer_.streams.size(), 1U);
}

TEST_F(StreamKeeperTest, AStreamTheOperatorNamedIsNeverMade) {
  config_.stream_id = "s5";
  start();
  ASSERT_TRUE(wait_until([&] { return told_.size() == 2; }));
  EXPECT_THAT(told_[0], HasSubstr("stream.unknown"));
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(StreamKeeperTest, BeforeTheTransmitterCanBeReachedKnownSetsAreTakenAndOthersPutOff) {
  peer_.answer_once("GET /.well-known/ssf-configuration", response(500));
  start();
  const auto refused = send(caep::SessionRevoked{});
  EXPECT_THAT(refused, test::FailsWith(Errc::overloaded));
  ASSERT_TRUE(wait_until_established());
  end();
  peer_.answer_once("GET /.well-known/ssf-configuration", response(500));
  start();
  ASSERT_TRUE(wait_until([&] { return keeper_->state().failures > 0; }));
  EXPECT_TRUE(send(caep::SessionRevoked{}));
}

TEST_F(StreamKeeperTest, WithoutItsNotesNothingIsMade) {
  notes_.is_broken = true;
  start();
  ASSERT_TRUE(wait_until([&] { return told_.size() == 2; }));
  EXPECT_THAT(peer_.calls, IsEmpty());
}

TEST_F(StreamKeeperTest, ANewCredentialIsGivenAndThenKnown) {
  config_.wanted.delivery = {.method = DeliveryMethod::push,
                             .endpoint_url = "https://rx.example.com/push/partner",
                             .authorization_header = "Bearer one"};
  start();
  ASSERT_TRUE(wait_until_established());
  end();
  config_.wanted.delivery.authorization_header = "Bearer two";
  for (int i = 0; i < 2; ++i) {
    start();
    ASSERT_TRUE(wait_until_established());
    end();
  }
  EXPECT_EQ(changes().size(), 2U);
  EXPECT_THAT(changes()[1], AllOf(HasSubstr("PATCH"), HasSubstr("Bearer two")));
  EXPECT_THAT(notes_.notes["upstream/partner"], Not(HasSubstr("Bearer")));
}

}  // namespace
}  // namespace tocsin::receiver
