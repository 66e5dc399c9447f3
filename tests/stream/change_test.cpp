#include "stream/change.h"

#include <gmock/gmock.h>

#include "build.h"
#include "support/matchers.h"

namespace tocsin::stream {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::json;
using testing::ElementsAre;
using testing::Optional;

Terms our_terms() {
  return {.stream_id = "s1",
          .iss = "https://tr.example.com",
          .aud = {"https://r.example.com/web", "https://r.example.com/mobile"},
          .events_supported = {"urn:e:1", "urn:e:2"},
          .poll_endpoint_url = "https://tr.example.com/poll/s1",
          .min_verification_interval = 60s};
}

StreamConfig created(std::string_view body) {
  const auto request = parse_stream_create(json(body));
  EXPECT_TRUE(request) << body;
  auto config = create_stream(*request, our_terms());
  EXPECT_TRUE(config) << body;
  return std::move(config).value();
}

StreamConfig a_push_stream() {
  return created(R"({"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"https://r.example/e",
                                 "authorization_header":"Bearer old"},
                     "events_requested":["urn:e:2","urn:e:9","urn:e:2"],"description":"first"})");
}

Result<StreamConfig> updated(const StreamConfig& current, std::string_view body) {
  const auto request = parse_stream_update(json(body));
  EXPECT_TRUE(request) << body << request.error().to_string();
  return update_stream(current, *request, our_terms());
}

Result<StreamConfig> replaced(const StreamConfig& current, std::string_view body) {
  const auto request = parse_stream_replace(json(body));
  EXPECT_TRUE(request) << body << request.error().to_string();
  return replace_stream(current, *request, our_terms());
}

TEST(CreateStream, SSF_8_1_1_1_08_NoDeliveryMeansPollAtOurUrl) {
  const StreamConfig config = created("{}");
  EXPECT_EQ(config.delivery.method, DeliveryMethod::poll);
  EXPECT_EQ(config.delivery.endpoint_url, "https://tr.example.com/poll/s1");
  EXPECT_THAT(config.events_delivered, ElementsAre("urn:e:1", "urn:e:2"));
  EXPECT_EQ(config.stream_id, "s1");
  EXPECT_EQ(config.min_verification_interval, 60s);
}

TEST(CreateStream, SEC_11_TheBodyCannotChooseWhatTheTransmitterSupplies) {
  const StreamConfig config = created(
      R"({"iss":"https://evil.example","aud":"x","stream_id":"y","events_delivered":["urn:e:9"],
          "delivery":{"method":"urn:ietf:rfc:8936","endpoint_url":"https://evil.example/"}})");
  EXPECT_EQ(to_json(config), to_json(created("{}")));
}

TEST(CreateStream, SSF_8_1_1_08_UnknownTypesAreEchoedOnceAndNotDelivered) {
  const StreamConfig config = a_push_stream();
  EXPECT_THAT(config.events_requested, Optional(ElementsAre("urn:e:2", "urn:e:9")));
  EXPECT_THAT(config.events_delivered, ElementsAre("urn:e:2"));
}

TEST(CreateStream, AnEmptyRequestDeliversNothing) {
  const StreamConfig config = created(R"({"events_requested":[]})");
  EXPECT_THAT(config.events_requested, Optional(testing::IsEmpty()));
  EXPECT_THAT(config.events_delivered, testing::IsEmpty());
}

TEST(CreateStream, SSF_8_1_1_1_10_AMethodThatIsNotOfferedIsRefused) {
  Terms push_only = our_terms();
  push_only.poll_endpoint_url.clear();
  EXPECT_THAT(create_stream({}, push_only), FailsWith(Errc::stream_value));
  Terms poll_only = our_terms();
  poll_only.push = false;
  StreamCreateRequest request;
  request.delivery = DeliveryRequest{DeliveryMethod::push, "https://r.example/e"};
  EXPECT_THAT(create_stream(request, poll_only), FailsWith(Errc::stream_value));
}

TEST(CreateStream, SSF_8_1_1_15_ALongDescriptionIsCutBetweenCharacters) {
  StreamCreateRequest request;
  std::string& description = request.description.emplace();
  for (int i = 0; i < 400; ++i) description += "\xe2\x82\xac";
  const auto config = create_stream(request, our_terms());
  ASSERT_TRUE(config);
  EXPECT_EQ(config->description->size(), 1023U);
}

TEST(UpdateStream, SSF_8_1_1_3_06_AbsentMembersStay) {
  const StreamConfig before = a_push_stream();
  const auto after = updated(before, R"({"stream_id":"s1"})");
  ASSERT_TRUE(after);
  EXPECT_EQ(to_json(*after), to_json(before));
  EXPECT_EQ(after->delivery.authorization_header, "Bearer old");
}

// Covers: A-64.
TEST(UpdateStream, SSF_8_1_1_3_05_PresentMembersChange) {
  const auto after = updated(a_push_stream(), R"({"stream_id":"s1","events_requested":["urn:e:1"],
      "description":"second","delivery":{"method":"urn:ietf:rfc:8936"}})");
  ASSERT_TRUE(after);
  EXPECT_THAT(after->events_delivered, ElementsAre("urn:e:1"));
  EXPECT_EQ(after->description, "second");
  EXPECT_EQ(after->delivery.endpoint_url, "https://tr.example.com/poll/s1");
  EXPECT_EQ(after->delivery.authorization_header, std::nullopt);
}

TEST(UpdateStream, SSF_8_1_1_3_08_MatchingSuppliedMembersAreWelcome) {
  const auto after = updated(a_push_stream(), R"({"stream_id":"s1","iss":"https://tr.example.com",
      "aud":["https://r.example.com/mobile","https://r.example.com/web"],
      "events_supported":["urn:e:2","urn:e:1","urn:e:1"],"events_delivered":["urn:e:2"],
      "min_verification_interval":60,"description":"second"})");
  ASSERT_TRUE(after) << after.error().to_string();
  EXPECT_EQ(after->description, "second");
}

TEST(UpdateStream, SEC_11_AnySuppliedMemberThatDiffersRefusesTheWhole) {
  for (const char* member :
       {R"("iss":"https://tr.example.com/")", R"("aud":"https://r.example.com/web")", R"("aud":[])",
        R"("events_supported":["urn:e:1"])", R"("events_delivered":["urn:e:1","urn:e:2"])",
        R"("events_delivered":[])", R"("min_verification_interval":61)",
        R"("inactivity_timeout":1)",
        R"("delivery":{"method":"urn:ietf:rfc:8936","endpoint_url":"https://evil.example/"})"}) {
    const std::string body = R"({"stream_id":"s1",)" + std::string(member) + "}";
    const auto request = parse_stream_update(json(body));
    if (!request) {  // an empty aud is refused for itself
      EXPECT_THAT(request, FailsWith(Errc::stream_value)) << member;
      continue;
    }
    EXPECT_THAT(updated(a_push_stream(), body), FailsWith(Errc::stream_immutable)) << member;
    EXPECT_THAT(replaced(a_push_stream(), body), FailsWith(Errc::stream_immutable)) << member;
  }
}

TEST(UpdateStream, SSF_8_1_1_3_10_EventsDeliveredIsComparedWithTheValueBefore) {
  const char* old_value = R"({"stream_id":"s1","events_delivered":["urn:e:2"],
                              "events_requested":["urn:e:1"]})";
  const char* new_value = R"({"stream_id":"s1","events_delivered":["urn:e:1"],
                              "events_requested":["urn:e:1"]})";
  const auto after = updated(a_push_stream(), old_value);
  ASSERT_TRUE(after);
  EXPECT_THAT(after->events_delivered, ElementsAre("urn:e:1"));
  EXPECT_THAT(updated(a_push_stream(), new_value), FailsWith(Errc::stream_immutable));
}

// Covers: A-62.
TEST(UpdateStream, WhatTheTransmitterSupportsNowDecidesWhatIsDelivered) {
  Terms more = our_terms();
  more.events_supported.push_back("urn:e:9");
  const auto after = update_stream(a_push_stream(), {.stream_id = "s1"}, more);
  ASSERT_TRUE(after);
  EXPECT_THAT(after->events_delivered, ElementsAre("urn:e:2", "urn:e:9"));
}

std::string delivery(const std::string& url, const std::string& more) {
  return R"({"stream_id":"s1","delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":")" + url +
         "\"" + more + "}}";
}

TEST(ChangeStream, SEC_43_ACredentialStaysWithItsUrl) {
  struct Case {
    const char* url;
    const char* more;
    std::optional<std::string> after;
  };
  const Case cases[] = {
      {"https://r.example/e", "", "Bearer old"},
      {"https://r.example/e", R"(,"authorization_header":null)", std::nullopt},
      {"https://r.example/e", R"(,"authorization_header":"")", std::nullopt},
      {"https://r.example/e", R"(,"authorization_header":"Bearer new")", "Bearer new"},
      {"https://r.example/f", "", std::nullopt},
      {"https://r.example/f", R"(,"authorization_header":"Bearer new")", "Bearer new"},
      {"https://evil.example/e", "", std::nullopt},
      {"https://R.example/e", "", std::nullopt},  // compared as text: never sent on a likeness
  };
  for (const Case& one : cases) {
    const std::string body = delivery(one.url, one.more);
    const auto patched = updated(a_push_stream(), body);
    const auto put = replaced(a_push_stream(), body);
    ASSERT_TRUE(patched && put) << body;
    EXPECT_EQ(patched->delivery.authorization_header, one.after) << body;
    EXPECT_EQ(put->delivery.authorization_header, one.after) << body;
  }
}

TEST(ChangeStream, SEC_43_APollStreamInBetweenForgetsTheCredential) {
  const auto poll =
      updated(a_push_stream(), R"({"stream_id":"s1","delivery":{"method":"urn:ietf:rfc:8936"}})");
  ASSERT_TRUE(poll);
  const auto push = updated(*poll, delivery("https://r.example/e", ""));
  ASSERT_TRUE(push);
  EXPECT_EQ(push->delivery.authorization_header, std::nullopt);
}

TEST(ReplaceStream, SSF_8_1_1_4_04_AbsentMembersAreDeleted) {
  const auto after = replaced(a_push_stream(), R"({"stream_id":"s1"})");
  ASSERT_TRUE(after);
  EXPECT_EQ(to_json(*after), to_json(created("{}")));
}

TEST(ReplaceStream, SSF_8_1_1_4_05_WhatWasReadCanBePutBack) {
  for (const StreamConfig& before : {a_push_stream(), created("{}")}) {
    const auto after = replaced(before, to_text(to_json(before)));
    ASSERT_TRUE(after) << after.error().to_string();
    EXPECT_EQ(to_json(*after), to_json(before));
    EXPECT_EQ(after->delivery.authorization_header, before.delivery.authorization_header);
  }
}

}  // namespace
}  // namespace tocsin::stream
