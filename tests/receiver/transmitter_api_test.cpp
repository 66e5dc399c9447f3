#include "receiver/transmitter_api.h"

#include <gmock/gmock.h>

#include "receiver/scripted_transmitter.h"
#include "receiver/transmitter_metadata.h"
#include "support/matchers.h"
#include "support/run.h"

namespace tocsin::receiver {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::response;
using test::run;
using test::ScriptedTransmitter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TransmitterApiTest : public ::testing::Test {
 protected:
  Result<TransmitterMetadata> fetch(MetadataSource source) {
    return run(loop_, fetch_metadata(peer_.client, std::move(source)));
  }

  std::unique_ptr<TransmitterApi> open(oauth::TokenClient* tokens = nullptr) {
    Result<TransmitterMetadata> metadata =
        fetch({.issuer = std::string(ScriptedTransmitter::issuer)});
    TransmitterApi::Config config{.metadata = std::move(metadata).value()};
    if (tokens == nullptr) config.bearer = "token";
    peer_.calls.clear();
    peer_.client.requests.clear();
    return TransmitterApi::open(std::move(config), {peer_.client, clock_, tokens}).value();
  }

  template <class T>
  T run_(http::Task<T> task) {
    return run(loop_, std::move(task));
  }
  const http::OutboundRequest& last() const { return peer_.client.requests.back(); }

  loop::Loop loop_;
  ManualClock clock_{std::chrono::sys_seconds(1'795'000'000s)};
  SeededRandom random_{1};
  ScriptedTransmitter peer_;
};

TEST_F(TransmitterApiTest, SSF_7_2_1_02_InsertsTheWellKnownPathAndGuessesNoOther) {
  peer_.answer_once("GET /.well-known/ssf-configuration/tenant", response(404));
  EXPECT_THAT(fetch({.issuer = "https://tr.example.com/tenant/"}), FailsWith(Errc::net_answer));
  EXPECT_THAT(peer_.calls, ElementsAre("GET /.well-known/ssf-configuration/tenant"));
}

TEST_F(TransmitterApiTest, SSF_7_2_1_01_FollowsNoRedirect) {
  peer_.answer_once("GET /.well-known/ssf-configuration",
                    response(302, "", {{"Location", "https://evil.example.com/"}}));
  EXPECT_THAT(fetch({.issuer = "https://tr.example.com"}), FailsWith(Errc::net_answer));
  EXPECT_EQ(peer_.calls.size(), 1U);
}

TEST_F(TransmitterApiTest, SSF_7_2_4_02_AnotherIssuersMetadataIsNotUsed) {
  peer_.metadata.insert_or_assign("issuer", "https://tr.example.com/");
  EXPECT_THAT(fetch({.issuer = "https://tr.example.com"}), FailsWith(Errc::claim_issuer));
}

TEST_F(TransmitterApiTest, SSF_7_2_01_OnlyHttpsIsAnIssuer) {
  EXPECT_THAT(fetch({.issuer = "http://tr.example.com"}), FailsWith(Errc::url_syntax));
  EXPECT_THAT(peer_.calls, IsEmpty());
}

TEST_F(TransmitterApiTest, TheOperatorMaySayWhereTheMetadataIs) {
  peer_.answer_once("GET /ssf", ScriptedTransmitter::json(200, peer_.metadata));
  EXPECT_TRUE(fetch({.issuer = "https://tr.example.com",
                     .url = parse_url("https://tr.example.com/ssf").value()}));
}

TEST_F(TransmitterApiTest, SSF_8_1_1_1_01_CreatesByAPostOfJson) {
  const auto api = open();
  const auto reply = run_(api->create({.description = "ours"}));
  ASSERT_TRUE(reply.result);
  EXPECT_EQ(reply.status, 201U);
  EXPECT_EQ(reply.result->stream_id, "s1");
  EXPECT_THAT(peer_.calls, ElementsAre("POST /configuration_endpoint"));
  EXPECT_EQ(*last().headers.find("Content-Type"), "application/json");
  EXPECT_EQ(*last().headers.find("Authorization"), "Bearer token");
  EXPECT_EQ(last().body, R"({"description":"ours"})");
}

TEST_F(TransmitterApiTest, SSF_8_1_1_1_03_AStreamOfAnotherIssuerIsNotUsed) {
  const auto api = open();
  peer_.answer_once(
      "POST /configuration_endpoint",
      ScriptedTransmitter::json(
          201, parse_json(R"({"stream_id":"s1","iss":"https://tr.example.com/","aud":"a",
                              "events_delivered":[],"delivery":{"method":"urn:ietf:rfc:8936",
                              "endpoint_url":"https://tr.example.com/poll"}})")
                   .value()));
  EXPECT_THAT(run_(api->create({})).result, FailsWith(Errc::claim_issuer));
}

TEST_F(TransmitterApiTest, SSF_ERR_05_OnlyA201MadeAStream) {
  const auto api = open();
  for (const unsigned status : {200U, 202U, 204U, 302U, 500U}) {
    peer_.answer_once("POST /configuration_endpoint", response(status));
    EXPECT_THAT(run_(api->create({})).result, FailsWith(Errc::net_answer)) << status;
  }
}

TEST_F(TransmitterApiTest, SSF_8_1_1_2_02_OneForeignStreamSpoilsItselfOnly) {
  const auto api = open();
  peer_.answer_once(
      "GET /configuration_endpoint",
      ScriptedTransmitter::json(
          200, JsonArray{peer_.stream_of("s1", {}),
                         parse_json(R"({"stream_id":"s2","iss":"https://else"})").value()}));
  const auto reply = run_(api->list());
  ASSERT_TRUE(reply.result);
  ASSERT_EQ(reply.result->size(), 2U);
  EXPECT_TRUE((*reply.result)[0]);
  EXPECT_FALSE((*reply.result)[1]);
}

TEST_F(TransmitterApiTest, SSF_8_1_1_5_02_PutsTheStreamIntoTheQuery) {
  const auto api = open();
  (void)run_(api->read("a b&c"));
  (void)run_(api->status("s1"));
  (void)run_(api->remove("s1"));
  EXPECT_THAT(peer_.calls, ElementsAre("GET /configuration_endpoint?stream_id=a%20b%26c",
                                       "GET /status_endpoint?stream_id=s1",
                                       "DELETE /configuration_endpoint?stream_id=s1"));
}

TEST_F(TransmitterApiTest, SSF_8_1_1_3_11_A202IsNeitherDoneNorRefused) {
  const auto api = open();
  peer_.answer_once("PATCH /configuration_endpoint", response(202));
  peer_.answer_once("POST /status_endpoint", response(202));
  const auto update = run_(api->update({.stream_id = "s1"}));
  ASSERT_TRUE(update.result);
  EXPECT_FALSE(*update.result);
  const auto status = run_(api->update_status({"s1", StreamStatus::paused, "holiday"}));
  ASSERT_TRUE(status.result);
  EXPECT_FALSE(*status.result);
  EXPECT_EQ(last().body, R"({"stream_id":"s1","status":"paused","reason":"holiday"})");
}

TEST_F(TransmitterApiTest, SSF_ERR_04_TheStatusDecidesWhateverTheBodyIs) {
  const auto api = open();
  const std::vector<std::pair<unsigned, Errc>> table{
      {400, Errc::http_request},   {401, Errc::token_invalid}, {403, Errc::token_scope},
      {404, Errc::stream_unknown}, {409, Errc::stream_limit},  {429, Errc::http_too_many},
      {405, Errc::http_request},   {500, Errc::net_answer},    {503, Errc::net_answer}};
  for (const auto& [status, errc] : table) {
    peer_.answer_once("GET /status_endpoint", response(status, "<html>no</html>"));
    const auto reply = run_(api->status("s1"));
    EXPECT_THAT(reply.result, FailsWith(errc)) << status;
    EXPECT_EQ(reply.status, status);
  }
}

TEST_F(TransmitterApiTest, QuotesTheSentenceOfAProblemDocument) {
  const auto api = open();
  peer_.answer_once("GET /status_endpoint",
                    response(400, R"({"title":"Bad","detail":"stream_id is too long"})"));
  EXPECT_THAT(run_(api->status("s1")).result.error().detail,
              HasSubstr("status 400: stream_id is too long"));
}

TEST_F(TransmitterApiTest, A429SaysForHowLong) {
  const auto api = open();
  peer_.answer_once("POST /verification_endpoint", response(429, "", {{"Retry-After", "30"}}));
  const auto reply = run_(api->request_verification({.stream_id = "s1", .state = "x"}));
  EXPECT_THAT(reply.result, FailsWith(Errc::http_too_many));
  EXPECT_EQ(reply.retry_after, 30s);
}

TEST_F(TransmitterApiTest, WithoutTheEndpointNothingIsSent) {
  peer_.metadata.erase("status_endpoint");
  const auto api = open();
  EXPECT_THAT(run_(api->status("s1")).result, FailsWith(Errc::metadata_missing));
  EXPECT_THAT(peer_.calls, IsEmpty());
}

TEST_F(TransmitterApiTest, SSF_AZ_06_BT_06_TriesOneNewTokenAndNeverTwo) {
  oauth::TokenClientConfig config;
  config.token_endpoint = parse_url("https://as.example.com/token").value();
  config.client_id = "rx";
  config.client_secret = "secret";
  const auto tokens = oauth::TokenClient::open(config, {peer_.client, random_, clock_}).value();
  int granted = 0;
  peer_.always =
      [&](const http::OutboundRequest& request) -> std::optional<Result<http::Response>> {
    if (request.url.path != "/token") return std::nullopt;
    return response(200, R"({"token_type":"Bearer","expires_in":600,"access_token":"t)" +
                             std::to_string(++granted) + "\"}");
  };
  const auto api = open(tokens.get());
  peer_.answer_once("GET /status_endpoint", response(401));
  EXPECT_TRUE(run_(api->status("s1")).result);
  EXPECT_EQ(*last().headers.find("Authorization"), "Bearer t2");
  EXPECT_EQ(peer_.client.count("/status_endpoint"), 2U);

  peer_.answer_once("GET /status_endpoint", response(401));
  peer_.answer_once("GET /status_endpoint", response(401));
  EXPECT_THAT(run_(api->status("s1")).result, FailsWith(Errc::token_invalid));
  EXPECT_EQ(peer_.client.count("/status_endpoint"), 4U);
}

TEST_F(TransmitterApiTest, PollsTheUrlAsItIsAndWaitsAsLongAsItSays) {
  const auto api = open();
  peer_.answer_once("POST /poll/s1",
                    response(200, R"({"sets":{"1":"a.b.c","2":7},"moreAvailable":true,
                                                     "x":1})"));
  TransmitterApi::Poll poll;
  poll.endpoint = parse_url("https://tr.example.com/poll/s1?tenant=7").value();
  poll.body = to_text(to_json(PollQuery{.ack = {"0"}, .set_errs = {{"9", Errc::claim_audience}}}));
  poll.reports_errors = true;
  poll.wait = 60s;
  const auto reply = run_(api->poll(poll));
  ASSERT_TRUE(reply.result);
  ASSERT_EQ(reply.result->sets.size(), 2U);
  EXPECT_EQ(reply.result->sets[0].jti, "1");
  EXPECT_EQ(reply.result->sets[0].compact, "a.b.c");
  EXPECT_EQ(reply.result->sets[1].compact, "");
  EXPECT_TRUE(reply.result->more_available);
  EXPECT_THAT(peer_.calls, ElementsAre("POST /poll/s1?tenant=7"));
  EXPECT_EQ(*last().headers.find("Content-Language"), "en");
  EXPECT_EQ(last().attempt_max, 80s);
  EXPECT_EQ(
      last().body,
      R"({"maxEvents":100,"returnImmediately":false,"ack":["0"],"setErrs":{"9":)"
      R"({"err":"invalid_audience","description":"The audience does not include this receiver."}}})");
}

TEST_F(TransmitterApiTest, POLL_2_3_05_NoSetsAreNoError) {
  for (const char* body : {"{}", R"({"sets":null})", R"({"sets":{}})"}) {
    EXPECT_TRUE(parse_poll_answer(body)->sets.empty()) << body;
  }
  for (const char* body : {"[]", "", R"({"sets":[]})", R"({"sets":{"1":"a","1":"b"}})"}) {
    EXPECT_FALSE(parse_poll_answer(body)) << body;
  }
}

TEST_F(TransmitterApiTest, NeedsExactlyOneWayToAuthorise) {
  EXPECT_THAT(TransmitterApi::open({}, {peer_.client, clock_}), FailsWith(Errc::config_invalid));
}

}  // namespace
}  // namespace tocsin::receiver
