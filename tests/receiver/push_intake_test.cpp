#include "receiver/push_intake.h"

#include <gmock/gmock.h>

#include <map>
#include <optional>

#include "base/base64url.h"
#include "http/problem.h"
#include "store/memory_inbox.h"
#include "support/matchers.h"
#include "support/run.h"
#include "support/scripted_client.h"

namespace tocsin::receiver {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::response;
using test::run;
using test::ScriptedClient;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view issuer = "https://tr.example.com";
constexpr std::string_view audience = "https://rc.example.com";

SigningKey key(std::string kid) {
  return SigningKey::generate(Algorithm::EdDSA, 0, std::move(kid)).value();
}

// An inbox whose disk is full.
class BrokenInbox final : public store::Inbox {
 public:
  http::Task<Result<store::Admission>> admit(store::InboxEntry) override {
    co_return Errc::store_unavailable;
  }
  http::Task<Result<bool>> has(std::string, std::string) override {
    co_return Errc::store_unavailable;
  }
  http::Task<Result<std::vector<store::InboxRow>>> behind(std::int64_t, std::size_t) override {
    co_return Errc::store_unavailable;
  }
  http::Task<Result<std::size_t>> erase(std::chrono::sys_time<std::chrono::milliseconds>,
                                        std::int64_t, std::size_t) override {
    co_return Errc::store_unavailable;
  }
};

class PushIntakeTest : public ::testing::Test {
 protected:
  SigningKey key_ = key("one");
  std::vector<SigningKey> published_{key_};
  std::optional<Errc> keys_failure_;

  loop::Loop loop_;
  ManualClock clock_{std::chrono::sys_seconds(1'795'000'000s)};
  ScriptedClient client_{[this](const http::OutboundRequest& request) -> Result<http::Response> {
    if (keys_failure_) return *keys_failure_;
    if (request.url.path != "/keys") {
      return response(
          200, R"({"issuer":"https://tr.example.com","jwks_uri":"https://tr.example.com/keys"})");
    }
    return response(200, to_text(KeySet::of(published_).to_jwks()));
  }};
  issuer::JwksCache keys_{std::string(issuer), client_, clock_};
  store::MemoryInbox inbox_;
  std::vector<std::string> heard_;
  std::unique_ptr<PushIntake> intake_ = open(inbox_);
  http::Route route_ = intake_->route();

  static Upstream upstream() {
    Upstream upstream;
    upstream.name = "partner";
    upstream.authorization_header = "Bearer secret";
    upstream.policy.iss = issuer;
    upstream.policy.aud = {std::string(audience)};
    return upstream;
  }

  std::unique_ptr<PushIntake> open(store::Inbox& inbox) {
    const auto listen = [this](const VerifiedSet& set, auto) { heard_.push_back(set->jti); };
    return PushIntake::open(upstream(), {.keys = keys_, .inbox = inbox, .clock = clock_}, listen)
        .value();
  }

  SecurityEventToken claims(std::string jti) const {
    SecurityEventToken set;
    set.iss = issuer;
    set.aud = {std::string(audience)};
    set.jti = std::move(jti);
    set.iat = clock_.wall_seconds();
    set.sub_id = opaque_subject("user");
    set.event = caep::SessionRevoked{};
    return set;
  }

  std::string set(std::string jti) const { return mint(claims(std::move(jti)), key_).value(); }

  // A verification event, about the stream as its subject.
  std::string verification(std::string jti, std::optional<std::string> state) const {
    SecurityEventToken set = claims(std::move(jti));
    set.sub_id = opaque_subject("stream-1");
    ssf::Verification event;
    event.state = std::move(state);
    set.event = event;
    return mint(set, key_).value();
  }

  // What the peer sees.
  http::Response push(std::string body) {
    http::Request request;
    request.method = "POST";
    request.body = std::move(body);
    Result<http::Response> answer = run(loop_, route_.handler(std::move(request)));
    return answer ? std::move(*answer) : http::to_response(answer.error(), route_.face);
  }

  static std::string err(const http::Response& answer) {
    const Result<Json> json = parse_json(answer.body);
    return json ? *json->as_object()->find("err")->as_string() : "";
  }
};

TEST_F(PushIntakeTest, PUSH_2_2_01_AnswersAValidSetWithAnEmpty202) {
  const http::Response answer = push(set("1"));
  EXPECT_EQ(answer.status, 202U);
  EXPECT_EQ(answer.body, "");
  EXPECT_THAT(heard_, ElementsAre("1"));
  ASSERT_EQ(inbox_.entries().size(), 1U);
  EXPECT_EQ(inbox_.entries()[0].jti, "1");
  EXPECT_EQ(inbox_.entries()[0].iss, issuer);
  EXPECT_EQ(inbox_.entries()[0].upstream, "partner");
}

TEST_F(PushIntakeTest, PUSH_2_12_SEC_29_AnswersARepeatedSetAlikeWithoutASecondEffect) {
  const std::string token = set("1");
  EXPECT_EQ(push(token).status, 202U);
  EXPECT_EQ(push(token).status, 202U);
  EXPECT_EQ(inbox_.entries().size(), 1U);
  EXPECT_EQ(heard_.size(), 1U);
}

TEST_F(PushIntakeTest, VO_02_SEC_29_ARefusedSetDoesNotUseUpItsJti) {
  std::string forged = set("1");
  forged[forged.rfind('.') + 5] ^= 1;
  EXPECT_EQ(push(forged).status, 400U);
  EXPECT_EQ(push(set("1")).status, 202U);
  EXPECT_THAT(heard_, ElementsAre("1"));
}

TEST_F(PushIntakeTest, PUSH_2_3_03_ERR_02_AnswersATamperedSetWithInvalidKey) {
  const std::string token = set("1");
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  std::string payload = base64url_decode(token.substr(first + 1, second - first - 1)).value();
  payload.replace(payload.find("user"), 4, "root");
  const http::Response answer =
      push(token.substr(0, first + 1) + base64url_encode(payload) + token.substr(second));
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(*answer.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(*answer.headers.find("Content-Language"), "en");
  EXPECT_EQ(answer.body, R"({"err":"invalid_key","description":"The signature does not verify."})");
  EXPECT_THAT(inbox_.entries(), IsEmpty());
  EXPECT_THAT(heard_, IsEmpty());
}

TEST_F(PushIntakeTest, ERR_01_to_04_NameWhatIsWrong) {
  EXPECT_EQ(err(push("")), "invalid_request");
  EXPECT_EQ(err(push("nonsense")), "invalid_request");
  EXPECT_EQ(err(push("a.b.c.d.e")), "invalid_request");
  SecurityEventToken set = claims("1");
  set.iss = "https://other.example.com";
  EXPECT_EQ(err(push(mint(set, key_).value())), "invalid_issuer");
  set = claims("1");
  set.aud = {"https://other.example.com"};
  EXPECT_EQ(err(push(mint(set, key_).value())), "invalid_audience");
  EXPECT_EQ(err(push(mint(claims("1"), key("one")).value())), "invalid_key");
}

TEST_F(PushIntakeTest, ERR_11_AcknowledgesAnEventTypeNobodyKnows) {
  SecurityEventToken set = claims("1");
  set.event = OtherEvent{.type = "https://example.com/event", .payload = {}};
  EXPECT_EQ(push(mint(set, key_).value()).status, 202U);
  EXPECT_THAT(heard_, ElementsAre("1"));
}

TEST_F(PushIntakeTest, ERR_12_VO_06_AnswersOutagesOfOursWith503) {
  BrokenInbox broken;
  intake_ = open(broken);
  route_ = intake_->route();
  const http::Response answer = push(set("1"));
  EXPECT_EQ(answer.status, 503U);
  EXPECT_NE(answer.headers.find("Retry-After"), nullptr);
  EXPECT_THAT(heard_, IsEmpty());
}

TEST_F(PushIntakeTest, SEC_28_Answers503WhileThereAreNoKeys) {
  keys_failure_ = Errc::net_timeout;
  const http::Response answer = push(set("1"));
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(*answer.headers.find("Retry-After"), "10");
  keys_failure_.reset();
  clock_.advance(10s);
  EXPECT_EQ(push(set("1")).status, 202U);
}

TEST_F(PushIntakeTest, KY_24_FetchesOnceForAnUnknownKidAndThenKnowsIt) {
  EXPECT_EQ(push(set("1")).status, 202U);
  clock_.advance(1s);
  key_ = key("two");
  published_.push_back(key_);
  EXPECT_EQ(push(set("2")).status, 202U);
  EXPECT_EQ(client_.count("/keys"), 2U);
}

TEST_F(PushIntakeTest, KY_24_SEC_28_RefusesAnUnknownKidOnlyAfterAskingAndAsksOnceAMinute) {
  EXPECT_EQ(push(set("1")).status, 202U);
  clock_.advance(1s);
  key_ = key("stranger");
  EXPECT_EQ(err(push(set("2"))), "invalid_key");
  EXPECT_EQ(client_.count("/keys"), 2U);
  clock_.advance(20s);
  const http::Response answer = push(set("3"));
  EXPECT_EQ(answer.status, 503U) << "keys from before it came decide nothing";
  EXPECT_EQ(*answer.headers.find("Retry-After"), "40");
  EXPECT_EQ(client_.count("/keys"), 2U);
  clock_.advance(40s);
  EXPECT_EQ(err(push(set("3"))), "invalid_key");
  EXPECT_EQ(client_.count("/keys"), 3U);
}

TEST_F(PushIntakeTest, KY_25_DoesNotTakeAFailedRefetchForAnAnswer) {
  EXPECT_EQ(push(set("1")).status, 202U);
  clock_.advance(1s);
  key_ = key("two");
  keys_failure_ = Errc::net_connect;
  EXPECT_EQ(push(set("2")).status, 503U);
}

TEST_F(PushIntakeTest, KY_26_AsksOnceWhenTheSignatureFailsUnderAnOldKey) {
  EXPECT_EQ(push(set("1")).status, 202U);
  clock_.advance(6min);
  key_ = key("one");  // another key under the old name
  published_ = {key_};
  EXPECT_EQ(push(set("2")).status, 202U);
  EXPECT_EQ(client_.count("/keys"), 2U);
}

TEST_F(PushIntakeTest, KY_13_NeverFetchesForATokenWithoutKid) {
  EXPECT_EQ(push(set("1")).status, 202U);
  clock_.advance(1s);
  const std::string header = base64url_encode(R"({"typ":"secevent+jwt","alg":"ES256"})");
  const std::string token = set("2");
  EXPECT_EQ(err(push(header + token.substr(token.find('.')))), "invalid_key");
  EXPECT_EQ(client_.count("/keys"), 1U);
}

TEST_F(PushIntakeTest, SEC_31_TakesAStateOnceAndOnlyIfItWasAskedFor) {
  EXPECT_EQ(push(verification("1", std::nullopt)).status, 202U);
  EXPECT_EQ(err(push(verification("2", "mine"))), "invalid_state");
  intake_->expect_state("mine");
  EXPECT_EQ(err(push(verification("3", "other"))), "invalid_state");
  EXPECT_EQ(push(verification("4", "mine")).status, 202U);
  EXPECT_EQ(err(push(verification("5", "mine"))), "invalid_state");
}

TEST_F(PushIntakeTest, VO_01_ARepeatedVerificationGetsItsFirstAnswerAgain) {
  intake_->expect_state("mine");
  const std::string token = verification("1", "mine");
  EXPECT_EQ(push(token).status, 202U);
  EXPECT_EQ(push(token).status, 202U);
  EXPECT_THAT(heard_, ElementsAre("1"));
}

TEST_F(PushIntakeTest, SEC_30_AdmitsOnlyTheConfiguredCredential) {
  const auto admit = [&](http::Headers headers) {
    http::Request request;
    request.headers = std::move(headers);
    return test::run(loop_, route_.access.admit(request));
  };
  EXPECT_TRUE(admit({{"Authorization", "Bearer secret"}}));
  for (const std::string_view wrong : {"Bearer secre", "Bearer secret2", "bearer secret", ""}) {
    EXPECT_THAT(admit({{"Authorization", std::string(wrong)}}), FailsWith(Errc::set_authentication))
        << wrong;
  }
  EXPECT_THAT(admit({}), FailsWith(Errc::http_unauthenticated));
}

TEST_F(PushIntakeTest, TakesOnlySetsOfALimitedSize) {
  EXPECT_EQ(route_.method, "POST");
  EXPECT_EQ(route_.path, "/push/partner");
  EXPECT_THAT(route_.media_types, ElementsAre("application/secevent+jwt"));
  EXPECT_EQ(route_.body_max, 256U * 1024U);
  EXPECT_EQ(route_.face, http::Face::push);
}

TEST_F(PushIntakeTest, DoesNotOpenWithoutIssuerAudienceOrCredential) {
  const auto open_without = [&](auto spoil) {
    Upstream spoiled = upstream();
    spoil(spoiled);
    return PushIntake::open(spoiled, {.keys = keys_, .inbox = inbox_, .clock = clock_}, {});
  };
  EXPECT_THAT(open_without([](Upstream& u) { u.name.clear(); }), FailsWith(Errc::config_invalid));
  EXPECT_THAT(open_without([](Upstream& u) { u.authorization_header.clear(); }),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(open_without([](Upstream& u) { u.policy.iss.clear(); }),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(open_without([](Upstream& u) { u.policy.aud.clear(); }),
              FailsWith(Errc::config_invalid));
}

}  // namespace
}  // namespace tocsin::receiver
