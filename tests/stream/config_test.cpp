#include <gmock/gmock.h>

#include "build.h"
#include "support/matchers.h"
#include "tocsin/stream_config.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::json;
using test::shown;
using testing::ElementsAre;

constexpr std::string_view whole = R"({
  "stream_id": "s1", "iss": "https://tr.example.com", "aud": "a",
  "events_supported": ["urn:e:1", "urn:e:2"], "events_requested": ["urn:e:2", "urn:e:3"],
  "events_delivered": ["urn:e:2"],
  "delivery": {"method": "urn:ietf:rfc:8935", "endpoint_url": "https://r.example.com/e",
               "authorization_header": "Bearer secret"},
  "min_verification_interval": 60, "description": "d", "inactivity_timeout": 86400,
  "vendor": {"x": 1}})";

TEST(StreamConfig, IsReadWhole) {
  const auto config = parse_stream_config(json(whole), "https://tr.example.com");
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->stream_id, "s1");
  EXPECT_THAT(config->aud, ElementsAre("a"));
  EXPECT_EQ(config->delivery.method, DeliveryMethod::push);
  EXPECT_EQ(config->delivery.authorization_header, "Bearer secret");
  EXPECT_EQ(config->min_verification_interval, 60s);
  EXPECT_EQ(config->inactivity_timeout, 24h);
}

TEST(StreamConfig, SEC_43_WritingItNeverShowsTheCredential) {
  const auto config = parse_stream_config(json(whole), "");
  ASSERT_TRUE(config);
  EXPECT_EQ(to_text(to_json(*config)).find("secret"), std::string::npos);
}

TEST(StreamConfig, SSF_8_1_1_1_03_AnIssuerThatDiffersInOneOctetIsAnother) {
  for (const char* issuer :
       {"https://tr.example.com/", "https://TR.example.com", "https://tr.example.co"}) {
    EXPECT_THAT(parse_stream_config(json(whole), issuer), FailsWith(Errc::claim_issuer)) << issuer;
    EXPECT_THAT(parse_stream_config(json(whole), issuer, Strictness::lenient),
                FailsWith(Errc::claim_issuer));
  }
}

TEST(StreamConfig, ReportsEveryFindingWithItsPath) {
  Findings findings;
  EXPECT_FALSE(read_stream_config(json(R"({
      "stream_id": "a b", "iss": "ftp://x", "aud": [1, "a"], "events_supported": [{}],
      "events_requested": ["x", "urn:e:1"], "events_delivered": ["urn:e:2"],
      "delivery": {"method": "urn:ietf:rfc:8935", "endpoint_url": 7},
      "min_verification_interval": 1e40, "inactivity_timeout": -5})"),
                                  "", findings));
  EXPECT_THAT(
      shown(findings),
      ElementsAre("stream.value /stream_id", "stream.value /iss", "stream.type /aud/0",
                  "stream.type /events_supported/0", "stream.value /events_requested/0",
                  "stream.value /events_delivered/0", "stream.type /delivery/endpoint_url",
                  "stream.type /min_verification_interval", "stream.value /inactivity_timeout"));
}

TEST(StreamConfig, IsAnObject) {
  for (const char* text : {"[]", "null", "\"s\"", "1"}) {
    EXPECT_THAT(parse_stream_config(json(text), ""), FailsWith(Errc::stream_type)) << text;
  }
}

TEST(StreamConfig, SSF_8_1_1_2_02_AForeignStreamInAListSpoilsOnlyItself) {
  JsonObject foreign = *json(whole).as_object();
  foreign.insert_or_assign("iss", "https://other.example.com");
  const auto configs =
      parse_stream_configs(JsonArray{json(whole), foreign, json(whole)}, "https://tr.example.com");
  ASSERT_TRUE(configs);
  ASSERT_EQ(configs->size(), 3U);
  EXPECT_TRUE((*configs)[0]);
  EXPECT_THAT((*configs)[1], FailsWith(Errc::claim_issuer));
  EXPECT_TRUE((*configs)[2]);
  EXPECT_THAT(parse_stream_configs(json(whole), ""), FailsWith(Errc::stream_type));
}

TEST(EventsDelivered, SSF_8_1_1_10_IsTheIntersectionInTheOrderOfTheRequest) {
  using Types = std::vector<std::string>;
  EXPECT_THAT(events_delivered({"a", "b", "c"}, Types{"c", "x", "a", "c"}), ElementsAre("c", "a"));
  EXPECT_THAT(events_delivered({"a"}, Types{}), testing::IsEmpty());
  EXPECT_THAT(events_delivered({}, Types{"a"}), testing::IsEmpty());
  EXPECT_THAT(events_delivered({"a", "b"}, std::nullopt), ElementsAre("a", "b"));
}

TEST(IsDelivered, SEC_38_OnlyTypesInEventsDeliveredLeaveAndThoseAboutTheStream) {
  StreamConfig config;
  config.events_supported = {"urn:e:1", "urn:e:2"};
  config.events_delivered = {"urn:e:1"};
  EXPECT_TRUE(is_delivered(config, "urn:e:1"));
  EXPECT_FALSE(is_delivered(config, "urn:e:2"));
  EXPECT_TRUE(
      is_delivered(config, "https://schemas.openid.net/secevent/ssf/event-type/verification"));
  EXPECT_TRUE(
      is_delivered(config, "https://schemas.openid.net/secevent/ssf/event-type/stream-updated"));
}

}  // namespace
}  // namespace tocsin
