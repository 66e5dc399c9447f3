#include "transmitter/event_intake.h"

#include <gmock/gmock.h>

#include "support/fake_ledger.h"
#include "support/matchers.h"
#include "support/run.h"
#include "transmitter/signer.h"

namespace tocsin::transmitter {
namespace {

using test::FailsWith;
using test::run;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view good =
    R"({"type":"risc:account-enabled","subject":{"format":"email","email":"a@example.com"}})";

class EventIntakeTest : public ::testing::Test {
 protected:
  EventIntakeTest() {
    store::StreamRecord record;
    record.owner = {"https://tr.example.com/a", {"as", "rc"}};
    record.config.stream_id = "s1";
    ledger_.records["s1"] = record;
  }

  Result<http::Response> post(std::string_view body, http::Headers headers = {},
                              std::string_view client = "producer") {
    http::Request request;
    request.method = "POST";
    request.headers = std::move(headers);
    request.body = body;
    request.caller = Caller{.key = {"as", std::string(client)}, .scopes = {}};
    return run(loop_, route().handler(std::move(request)));
  }

  static JsonObject body_of(const http::Response& response) {
    return *parse_json(response.body).value().as_object();
  }
  static std::string text_of(const JsonObject& object, std::string_view name) {
    return *object.find(name)->as_string();
  }

  http::Route route() { return intake_.route(http::Access::open()); }

  loop::Loop loop_;
  test::FakeLedger ledger_;
  ManualClock clock_{std::chrono::sys_seconds(std::chrono::seconds(1'795'000'000))};
  SeededRandom random_{1};
  SigningKey key_ = SigningKey::generate(Algorithm::ES256).value();
  loop::ThreadWorkers workers_{{.threads = 1}};
  Signer signer_{key_, workers_};
  std::unique_ptr<Tenant> tenant_ =
      Tenant::open({.issuer = "https://tr.example.com/a"}, signer_).value();
  EventIntake intake_{{.tenant = *tenant_, .outbox = ledger_, .clock = clock_, .random = random_},
                      {{{"as", "producer"}, ProducerGrant{}}},
                      Strictness::strict};
};

TEST_F(EventIntakeTest, REL_01_A202SaysWhatIsInTheLedger) {
  const http::Response response = post(good).value();
  EXPECT_EQ(response.status, 202U);
  const JsonObject receipt = body_of(response);
  ASSERT_THAT(ledger_.accepted, SizeIs(1));
  const store::NewEvent& event = ledger_.accepted[0];
  EXPECT_EQ(text_of(receipt, "event_id"), event.event_id);
  EXPECT_EQ(*receipt.find("repeated"), Json(false));
  EXPECT_EQ(*receipt.find("streams"), Json(1));
  EXPECT_EQ(event.iss, "https://tr.example.com/a");
  EXPECT_FALSE(event.txn.empty());
  EXPECT_EQ(event.accepted_at, clock_.wall());
  EXPECT_EQ(event.receivers, std::nullopt);
  EXPECT_EQ(intake_.counts().accepted, 1U);
}

TEST_F(EventIntakeTest, REL_19_ARepeatedKeyGetsTheFirstAnswer) {
  const http::Headers header{{"Idempotency-Key", "k1"}};
  const JsonObject first = body_of(post(good, header).value());
  const JsonObject again = body_of(post(good, header).value());
  EXPECT_EQ(text_of(first, "event_id"), text_of(again, "event_id"));
  EXPECT_EQ(*again.find("repeated"), Json(true));
  EXPECT_THAT(ledger_.accepted, SizeIs(1));
  EXPECT_EQ(ledger_.accepted[0].producer_key, "k1");
  EXPECT_EQ(ledger_.accepted[0].producer, (TenantKey{"as", "producer"}));
  EXPECT_EQ(intake_.counts().repeated, 1U);
}

TEST_F(EventIntakeTest, TheHeaderIsForASingleEventAndAgreesWithItsKey) {
  const http::Headers header{{"Idempotency-Key", "k1"}};
  std::string keyed(good);
  keyed.insert(1, R"("key":"k2",)");
  EXPECT_THAT(post(keyed, header), FailsWith(Errc::publish_request));
  EXPECT_THAT(post("[" + std::string(good) + "]", header), FailsWith(Errc::publish_request));
  EXPECT_THAT(post(good, {{"Idempotency-Key", ""}}), FailsWith(Errc::publish_request));
  EXPECT_THAT(post(good, {{"Idempotency-Key", "a"}, {"idempotency-key", "a"}}),
              FailsWith(Errc::publish_request));
  EXPECT_THAT(ledger_.accepted, IsEmpty());
}

TEST_F(EventIntakeTest, ARefusalNamesMemberClassAndSection) {
  const http::Response response =
      post(R"({"type":"risc:account-enabled","subject":{"format":"email","email":"a"}})").value();
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(*response.headers.find("Content-Type"), "application/problem+json");
  const JsonObject problem = body_of(response);
  EXPECT_EQ(text_of(problem, "code"), "subject.value");
  EXPECT_EQ(text_of(problem, "pointer"), "/subject/email");
  EXPECT_EQ(text_of(problem, "section"), "RFC 9493 3.2.2");
  EXPECT_THAT(ledger_.accepted, IsEmpty());
}

TEST_F(EventIntakeTest, SEC_67_ABatchNamesEveryRefusalByIndex) {
  const std::string batch = "[" + std::string(good) + ",{}," + std::string(good) + "]";
  const http::Response response = post(batch).value();
  EXPECT_EQ(response.status, 202U);
  const JsonObject body = body_of(response);
  const JsonArray& receipts = *body.find("receipts")->as_array();
  const JsonArray& refusals = *body.find("refusals")->as_array();
  ASSERT_THAT(receipts, SizeIs(2));
  ASSERT_THAT(refusals, SizeIs(1));
  EXPECT_EQ(*receipts[1].as_object()->find("index"), Json(2));
  EXPECT_EQ(text_of(*receipts[1].as_object(), "event_id"), ledger_.accepted[1].event_id);
  EXPECT_EQ(*refusals[0].as_object()->find("index"), Json(1));
  EXPECT_EQ(*refusals[0].as_object()->find("status"), Json(400));
  EXPECT_EQ(text_of(*refusals[0].as_object(), "pointer"), "/type");
}

TEST_F(EventIntakeTest, SEC_67_ABatchOfNothingGoodIsARefusal) {
  const http::Response response = post("[{},3]").value();
  EXPECT_EQ(response.status, 400U);
  EXPECT_THAT(*body_of(response).find("refusals")->as_array(), SizeIs(2));
  EXPECT_EQ(intake_.counts().refused, 2U);
}

TEST_F(EventIntakeTest, SEC_67_TakesOneEventPerLine) {
  const std::string lines = std::string(good) + "\n" + std::string(good) + "\n";
  const http::Response response =
      post(lines, {{"Content-Type", "Application/X-NDJSON; charset=utf-8"}}).value();
  EXPECT_EQ(response.status, 202U);
  EXPECT_THAT(*body_of(response).find("receipts")->as_array(), SizeIs(2));
}

TEST_F(EventIntakeTest, SEC_18_OnlyAProducerOfTheConfigurationMaySubmit) {
  EXPECT_THAT(post(good, {}, "receiver"), FailsWith(Errc::publish_denied));
  intake_.replace_producers({{{"as", "producer"}, {.namespaces = {{{"email", "b.example"}}}}}});
  const http::Response response = post(good).value();
  EXPECT_EQ(response.status, 403U);
  EXPECT_EQ(text_of(body_of(response), "code"), "publish.denied");
  EXPECT_EQ(text_of(body_of(response), "pointer"), "/subject");
  intake_.replace_producers({});
  EXPECT_THAT(post(good), FailsWith(Errc::publish_denied));
  EXPECT_THAT(ledger_.accepted, IsEmpty());
}

TEST_F(EventIntakeTest, REL_14_AStoreThatIsDownMeansTryAgain) {
  ledger_.is_down = true;
  EXPECT_THAT(post(good), FailsWith(Errc::store_unavailable));
  EXPECT_EQ(intake_.counts().unavailable, 1U);
  const auto response = http::to_response(Error(Errc::store_unavailable), http::Face::problem);
  EXPECT_EQ(response.status, 503U);
  EXPECT_NE(response.headers.find("Retry-After"), nullptr);
}

TEST_F(EventIntakeTest, SEC_14_NamesTheReceiversThatPolicyAllows) {
  ReceiverPolicy none;
  none.subjects = SubjectScope::none;
  tenant_->replace_receivers({{{"as", "all"}, {}}, {{"as", "none"}, none}});
  post(good).value();
  ASSERT_TRUE(ledger_.accepted[0].receivers);
  EXPECT_EQ(*ledger_.accepted[0].receivers, (std::vector<TenantKey>{{"as", "all"}}));
}

TEST_F(EventIntakeTest, StandsBelowTheIssuersPath) {
  EXPECT_EQ(route().method, "POST");
  EXPECT_EQ(route().path, "/a/events");
  EXPECT_EQ(route().body_max, 4U * 1024U * 1024U);
}

}  // namespace
}  // namespace tocsin::transmitter
