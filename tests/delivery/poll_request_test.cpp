#include "delivery/poll_request.h"

#include <gmock/gmock.h>

#include "support/matchers.h"

namespace tocsin::delivery {
namespace {

using test::FailsWith;
using test::Succeeds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(PollRequest, POLL_2_4_01_AnEmptyObjectIsAWholeRequest) {
  const PollRequest request = parse_poll_request("{}").value();
  EXPECT_FALSE(request.max_events);
  EXPECT_FALSE(request.return_immediately);
  EXPECT_THAT(request.ack, IsEmpty());
  EXPECT_THAT(request.set_errs, IsEmpty());
}

TEST(PollRequest, POLL_2_2_01_MaxEventsIsACount) {
  EXPECT_EQ(parse_poll_request(R"({"maxEvents":0})").value().max_events, 0U);
  EXPECT_EQ(parse_poll_request(R"({"maxEvents":7})").value().max_events, 7U);
  for (const char* value : {"-1", "1.5", "\"1\"", "true", "[]", "1e30"}) {
    const std::string text = std::string(R"({"maxEvents":)") + value + "}";
    EXPECT_THAT(parse_poll_request(text), FailsWith(Errc::poll_request)) << value;
  }
}

TEST(PollRequest, POLL_2_2_02_AnAnswerHasALimitWhateverIsAsked) {
  EXPECT_EQ(parse_poll_request("{}").value().events_max(), 100U);
  EXPECT_EQ(parse_poll_request(R"({"maxEvents":3})").value().events_max(), 3U);
  EXPECT_EQ(parse_poll_request(R"({"maxEvents":0})").value().events_max(), 0U);
  EXPECT_EQ(parse_poll_request(R"({"maxEvents":5000})").value().events_max(), 1000U);
}

TEST(PollRequest, POLL_2_2_05_ReturnImmediatelyIsABoolean) {
  EXPECT_TRUE(parse_poll_request(R"({"returnImmediately":true})").value().return_immediately);
  EXPECT_FALSE(parse_poll_request(R"({"returnImmediately":false})").value().return_immediately);
  EXPECT_THAT(parse_poll_request(R"({"returnImmediately":"true"})"), FailsWith(Errc::poll_request));
}

TEST(PollRequest, POLL_2_2_07_AckIsAnArrayOfStrings) {
  EXPECT_THAT(parse_poll_request(R"({"ack":["a","b"]})").value().ack, ElementsAre("a", "b"));
  EXPECT_THAT(parse_poll_request(R"({"ack":[]})").value().ack, IsEmpty());
  for (const char* value : {"\"a\"", "{}", "[1]", "[null]", "true"}) {
    const std::string text = std::string(R"({"ack":)") + value + "}";
    EXPECT_THAT(parse_poll_request(text), FailsWith(Errc::poll_request)) << value;
  }
}

// Covers: POLL-2.6-01.
TEST(PollRequest, POLL_2_2_09_SetErrsIsAnObject) {
  const PollRequest request =
      parse_poll_request(R"({"setErrs":{"j":{"err":"invalid_audience","description":"not me"}}})")
          .value();
  ASSERT_EQ(request.set_errs.size(), 1U);
  EXPECT_EQ(request.set_errs[0].jti, "j");
  EXPECT_EQ(request.set_errs[0].error.err, "invalid_audience");
  EXPECT_EQ(request.set_errs[0].error.description, "not me");
  for (const char* value : {"[]", "\"j\"", "1", "false"}) {
    const std::string text = std::string(R"({"setErrs":)") + value + "}";
    EXPECT_THAT(parse_poll_request(text), FailsWith(Errc::poll_request)) << value;
  }
}

TEST(PollRequest, POLL_2_2_09_AnErrorWithoutACodeIsTolerated) {
  for (const char* value : {"{}", "null", "\"bad\"", R"({"err":7})", R"({"description":"x"})"}) {
    const std::string text = std::string(R"({"setErrs":{"j":)") + value + "}}";
    const auto request = parse_poll_request(text);
    ASSERT_THAT(request, Succeeds()) << value;
    ASSERT_EQ(request->set_errs.size(), 1U);
    EXPECT_EQ(request->set_errs[0].error.err, "");
  }
}

TEST(PollRequest, ERR_08_ERR_13_AnUnknownCodeSurvivesAndALongTextIsCut) {
  const auto read = [](const std::string& err, const std::string& description) {
    return parse_poll_request(R"({"setErrs":{"j":{"err":")" + err + R"(","description":")" +
                              description + R"("}}})")
        .value()
        .set_errs[0]
        .error;
  };
  EXPECT_EQ(read("x_new", "").err, "x_new");
  EXPECT_EQ(read(std::string(65, 'a'), "").err, "");
  EXPECT_EQ(read("x", std::string(5000, 'a')).description.size(), push_error_description_max);
}

TEST(PollRequest, POLL_2_4_4_02_AJtiInBothCountsAsAnError) {
  const PollRequest request =
      parse_poll_request(R"({"ack":["a","b","a"],"setErrs":{"a":{"err":"invalid_key"}}})").value();
  EXPECT_THAT(request.ack, ElementsAre("b"));
  EXPECT_EQ(request.set_errs[0].jti, "a");
}

TEST(PollRequest, NullIsAbsent) {
  EXPECT_THAT(parse_poll_request(
                  R"({"maxEvents":null,"returnImmediately":null,"ack":null,"setErrs":null})"),
              Succeeds());
}

TEST(PollRequest, A_80_UnknownMembersAreIgnored) {
  EXPECT_THAT(parse_poll_request(R"({"stream_id":"s","max_events":7})"), Succeeds());
}

TEST(PollRequest, POLL_2_5_1_03_WhatIsNoRequestIsRefused) {
  EXPECT_THAT(parse_poll_request(""), FailsWith(Errc::json_syntax));
  EXPECT_THAT(parse_poll_request("{"), FailsWith(Errc::json_syntax));
  EXPECT_THAT(parse_poll_request("[]"), FailsWith(Errc::poll_request));
  EXPECT_THAT(parse_poll_request(R"({"ack":[],"ack":[]})"), FailsWith(Errc::json_duplicate));
  std::string many = R"({"ack":[""])";
  for (int i = 0; i < 1001; ++i) many.insert(many.size() - 1, R"(,"")");
  EXPECT_THAT(parse_poll_request(many + "}"), FailsWith(Errc::json_limits));
}

}  // namespace
}  // namespace tocsin::delivery
