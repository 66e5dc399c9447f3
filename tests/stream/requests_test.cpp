#include <gmock/gmock.h>

#include "build.h"
#include "support/matchers.h"
#include "tocsin/stream_requests.h"

namespace tocsin {
namespace {

using test::FailsWith;
using test::json;
using test::shown;
using test::Succeeds;
using testing::ElementsAre;
using testing::IsEmpty;

Json push_to(const std::string& url, const std::string& more = "") {
  return json(R"({"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":")" + url + "\"" + more +
              "}}");
}

TEST(StreamCreate, AnEmptyObjectIsEnough) {
  const auto request = parse_stream_create(json("{}"));
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->delivery);
  EXPECT_EQ(to_text(to_json(*request)), "{}");
}

TEST(StreamCreate, NullIsAbsent) {
  const auto request =
      parse_stream_create(json(R"({"delivery":null,"events_requested":null,"description":null})"));
  ASSERT_TRUE(request) << request.error().to_string();
  EXPECT_FALSE(request->events_requested);
}

TEST(StreamCreate, SEC_11_WhatTheTransmitterSuppliesIsNotEvenRead) {
  const Json text = json(R"({"stream_id":7,"iss":[],"aud":{},"events_supported":"x",
      "events_delivered":null,"min_verification_interval":"y","inactivity_timeout":1.5,
      "delivery":{"method":"urn:ietf:rfc:8936","endpoint_url":"http://evil.example/"}})");
  const auto request = parse_stream_create(text);
  ASSERT_TRUE(request) << request.error().to_string();
  EXPECT_EQ(to_text(to_json(*request)), R"({"delivery":{"method":"urn:ietf:rfc:8936"}})");
  EXPECT_THAT(
      shown(lint_stream_create(text)),
      ElementsAre("stream.immutable /stream_id", "stream.immutable /iss", "stream.immutable /aud",
                  "stream.immutable /events_supported", "stream.immutable /events_delivered",
                  "stream.immutable /min_verification_interval",
                  "stream.immutable /inactivity_timeout", "stream.value /delivery/endpoint_url"));
}

TEST(StreamCreate, LintFindsNothingInAGoodRequest) {
  EXPECT_THAT(lint_stream_create(push_to("https://r.example.com/e")), IsEmpty());
  EXPECT_THAT(shown(lint_stream_create(json("[]"))), ElementsAre("stream.type "));
}

// Covers: IOP-2.1-02, A-09.
TEST(StreamCreate, SEC_39_APushUrlIsHttpsAndNothingElse) {
  for (const char* url :
       {"http://r.example.com/e", "file:///etc/passwd", "ftp://r.example.com/", "r.example.com",
        "https://u:p@r.example.com/", "https://r.example.com/e#f", "https://r.example.com:0/",
        "https://r.example.com:99999/", "https://2130706433/", ""}) {
    EXPECT_THAT(parse_stream_create(push_to(url)), FailsWith(Errc::stream_value)) << url;
  }
  EXPECT_THAT(parse_stream_create(push_to("https://r.example.com/" + std::string(2048, 'a'))),
              FailsWith(Errc::stream_value));
}

TEST(StreamCreate, SEC_39_PlainHttpOnlyForHostsTheOperatorLists) {
  const UrlRules urls{{"r.example.com"}};
  EXPECT_THAT(parse_stream_create(push_to("http://R.example.com:8080/e"), urls), Succeeds());
  EXPECT_THAT(parse_stream_create(push_to("https://other.example.com/e"), urls), Succeeds());
  EXPECT_THAT(parse_stream_create(push_to("http://other.example.com/e"), urls),
              FailsWith(Errc::stream_value));
  EXPECT_THAT(parse_stream_create(push_to("http://u@r.example.com/e"), urls),
              FailsWith(Errc::stream_value));
}

// Covers: A-01.
TEST(StreamCreate, SEC_43_ACredentialIsOneVisibleHeaderValue) {
  const auto with = [](const std::string& value) {
    return parse_stream_create(
        push_to("https://r.example.com/e", R"(,"authorization_header":")" + value + "\""));
  };
  EXPECT_THAT(with("Bearer abc"), Succeeds());
  EXPECT_THAT(with("token"), Succeeds());
  for (const char* value :
       {R"(a\r\nX: y)", R"(a\nb)", R"(a\u0000)", R"(a\tb)", R"(a\u007f)", " Bearer a", "Bearer a ",
        "Bearer \xc3\xa9", "authorization: Bearer a"}) {
    EXPECT_THAT(with(value), FailsWith(Errc::stream_value)) << value;
  }
  EXPECT_THAT(with(std::string(8192, 'a')), Succeeds());
  EXPECT_THAT(with(std::string(8193, 'a')), FailsWith(Errc::stream_value));
}

TEST(StreamCreate, SEC_32_ARefusedCredentialIsNotQuoted) {
  const auto request = parse_stream_create(
      push_to("https://r.example.com/e", R"(,"authorization_header":"canary\n")"));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().to_string().find("canary"), std::string::npos);
}

TEST(StreamUpdate, ACredentialIsAbsentClearedOrReplaced) {
  const auto header = [](const std::string& more) {
    JsonObject object = *push_to("https://r.example.com/e", more).as_object();
    object.append("stream_id", "s");
    auto request = parse_stream_update(object);
    EXPECT_TRUE(request);
    return request->requested.delivery->authorization_header;
  };
  EXPECT_EQ(header(""), std::nullopt);
  EXPECT_EQ(header(R"(,"authorization_header":null)"), "");
  EXPECT_EQ(header(R"(,"authorization_header":"")"), "");
  EXPECT_EQ(header(R"(,"authorization_header":"Bearer x")"), "Bearer x");
}

TEST(StreamUpdate, NullIsRefusedBecauseItIsNoMergePatch) {
  for (const char* name : {"delivery", "events_requested", "description", "iss"}) {
    const std::string text = R"({"stream_id":"s",")" + std::string(name) + R"(":null})";
    EXPECT_THAT(parse_stream_update(json(text)), FailsWith(Errc::stream_type)) << name;
    EXPECT_THAT(parse_stream_replace(json(text)), Succeeds()) << name;
  }
}

TEST(StreamUpdate, WhatItRepeatsOfTheTransmittersIsKeptForComparison) {
  const Json text = json(R"({"stream_id":"s","iss":"https://i","aud":"a","events_supported":["x"],
      "events_delivered":[],"min_verification_interval":1,"inactivity_timeout":2,
      "delivery":{"method":"urn:ietf:rfc:8936","endpoint_url":"https://t/p"},"description":"d"})");
  const auto request = parse_stream_update(text);
  ASSERT_TRUE(request) << request.error().to_string();
  EXPECT_EQ(request->supplied.poll_endpoint_url, "https://t/p");
  EXPECT_EQ(to_json(*request), text);
}

TEST(StreamUpdate, AStreamIdHasALimit) {
  const auto with = [](std::size_t octets) {
    return parse_stream_update(JsonObject{{"stream_id", std::string(octets, 'a')}});
  };
  EXPECT_THAT(with(128), Succeeds());
  EXPECT_THAT(with(129), FailsWith(Errc::stream_value));
  EXPECT_THAT(with(0), FailsWith(Errc::stream_value));
}

TEST(Status, AReasonHasALimit) {
  const auto with = [](std::size_t octets) {
    return parse_status(
        JsonObject{{"stream_id", "s"}, {"status", "paused"}, {"reason", std::string(octets, 'a')}});
  };
  EXPECT_THAT(with(1024), Succeeds());
  EXPECT_THAT(with(1025), FailsWith(Errc::stream_value));
}

TEST(Status, TakesTheThreeStatesAndNothingElse) {
  for (const char* status : {"enabled", "paused", "disabled"}) {
    const auto read = parse_status(JsonObject{{"stream_id", "s"}, {"status", status}});
    ASSERT_TRUE(read);
    EXPECT_EQ(wire_name(read->status), status);
  }
  for (const char* status : {"Enabled", "", "deleted"}) {
    EXPECT_THAT(parse_status(JsonObject{{"stream_id", "s"}, {"status", status}}),
                FailsWith(Errc::stream_value));
  }
  EXPECT_THAT(parse_status(JsonObject{{"stream_id", "s"}, {"status", 1}}),
              FailsWith(Errc::stream_type));
}

Json named(const std::string& subject) {
  return json(R"({"stream_id":"s1","subject":)" + subject + "}");
}

TEST(SubjectAdd, SSF_8_1_3_2_03_AbsentMeansVerified) {
  const auto request = parse_subject_add(named(R"({"format":"opaque","id":"1"})"));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->verified);
}

TEST(SubjectAdd, FindingsAboutTheSubjectSayWhere) {
  Findings findings;
  read_subject_add(named(R"({"format":"email","email":"x"})"), findings);
  EXPECT_THAT(shown(findings), ElementsAre("subject.value /subject/email"));
}

TEST(SubjectAdd, SEC_15_AComplexSubjectNamesAMemberWeKnow) {
  EXPECT_THAT(
      parse_subject_add(named(R"({"format":"complex","x_region":{"format":"opaque","id":"eu"}})")),
      FailsWith(Errc::subject_member));
  EXPECT_THAT(parse_subject_add(named(
                  R"({"format":"complex","x_region":{"format":"opaque","id":"eu"},
                      "tenant":{"format":"opaque","id":"t"}})")),
              Succeeds());
}

TEST(SubjectRemove, MAT_09_TheStreamItselfCannotBeRemoved) {
  EXPECT_THAT(parse_subject_remove(named(R"({"format":"opaque","id":"s1"})")),
              FailsWith(Errc::stream_value));
  EXPECT_THAT(parse_subject_remove(named(R"({"format":"opaque","id":"s2"})")), Succeeds());
  EXPECT_THAT(parse_subject_add(named(R"({"format":"opaque","id":"s1"})")), Succeeds());
}

TEST(VerificationRequest, AnyStateOfUpToFourKibibytes) {
  const auto with = [](Json state) {
    return parse_verification_request(JsonObject{{"stream_id", "s"}, {"state", std::move(state)}});
  };
  for (const char* state : {"", "\"quoted\" \xe2\x82\xac", "a\nb"}) {
    const auto request = with(state);
    ASSERT_TRUE(request) << state;
    EXPECT_EQ(request->state, state);
  }
  EXPECT_THAT(with(std::string(4096, 'a')), Succeeds());
  EXPECT_THAT(with(std::string(4097, 'a')), FailsWith(Errc::stream_value));
  EXPECT_THAT(with(nullptr), FailsWith(Errc::stream_type));
}

TEST(Requests, AreObjects) {
  const Json array = json("[]");
  EXPECT_THAT(parse_stream_create(array), FailsWith(Errc::stream_type));
  EXPECT_THAT(parse_stream_update(array), FailsWith(Errc::stream_type));
  EXPECT_THAT(parse_stream_replace(array), FailsWith(Errc::stream_type));
  EXPECT_THAT(parse_status(array), FailsWith(Errc::stream_type));
  EXPECT_THAT(parse_subject_add(array), FailsWith(Errc::stream_type));
  EXPECT_THAT(parse_subject_remove(array), FailsWith(Errc::stream_type));
  EXPECT_THAT(parse_verification_request(array), FailsWith(Errc::stream_type));
}

}  // namespace
}  // namespace tocsin
