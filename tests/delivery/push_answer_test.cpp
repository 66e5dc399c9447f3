#include "delivery/push_answer.h"

#include <gtest/gtest.h>

#include <string>

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds now{1'795'000'000s};

TEST(PushError, PUSH_2_3_03_ReadsCodeAndDescription) {
  const PushError error =
      parse_push_error(R"({"err":"invalid_key","description":"Sch\u00fcssel","more":[1]})");
  EXPECT_EQ(error.err, "invalid_key");
  EXPECT_EQ(error.description, "Schüssel");
}

TEST(PushError, PUSH_2_3_07_TakesABodyItCannotReadForNoCode) {
  for (const std::string& body : {
           std::string(),
           std::string("nope"),
           std::string("null"),
           std::string("[\"invalid_key\"]"),
           std::string("{}"),
           std::string(R"({"err":7})"),
           std::string(R"({"err":"invalid_key","err":"invalid_issuer"})"),
           std::string(R"({"err":"invalid_key"} trailing)"),
           std::string(R"({"err":"\ud800"})"),
           R"({"err":")" + std::string(65, 'x') + R"("})",
           R"({"err":"invalid_key","pad":")" + std::string(16 * 1024, 'x') + R"("})",
       }) {
    EXPECT_EQ(parse_push_error(body).err, "") << body.substr(0, 80);
  }
}

TEST(PushError, ERR_08_KeepsACodeNobodyRegistered) {
  EXPECT_EQ(parse_push_error(R"({"err":"x_new"})").err, "x_new");
}

TEST(PushError, CutsADescriptionBetweenTwoCharacters) {
  // 1023 bytes, then characters of three bytes: the first of them does not fit into the 1024.
  const std::string body =
      R"({"err":"x","description":")" + std::string(1023, 'a') + "\xe2\x82\xac\xe2\x82\xac\"}";
  EXPECT_EQ(parse_push_error(body).description, std::string(1023, 'a'));
  const std::string fits = R"({"description":")" + std::string(1021, 'a') + "\xe2\x82\xac\"}";
  EXPECT_EQ(parse_push_error(fits).description.size(), 1024U);
}

TEST(PushAnswer, ReadsTheErrorOfA400AndOfNothingElse) {
  const std::string_view body = R"({"err":"invalid_issuer"})";
  EXPECT_EQ(read_push_answer({.status = 400, .body = body}, now).error.err, "invalid_issuer");
  EXPECT_EQ(read_push_answer({.status = 503, .body = body}, now).error.err, "");
}

TEST(PushAnswer, ReadsRetryAfter) {
  EXPECT_EQ(read_push_answer({.status = 503, .retry_after = "7"}, now).retry_after, 7s);
  EXPECT_EQ(read_push_answer({.status = 503}, now).retry_after, std::nullopt);
}

TEST(PushAnswer, KnowsHtmlByItsTypeOrItsLook) {
  const auto is_html = [](std::string_view type, std::string_view body) {
    return read_push_answer({.status = 200, .content_type = type, .body = body}, now).is_html;
  };
  EXPECT_TRUE(is_html("text/html", "log in"));
  EXPECT_TRUE(is_html("Text/HTML; charset=utf-8", "log in"));
  EXPECT_TRUE(is_html("application/xhtml+xml", "log in"));
  EXPECT_TRUE(is_html("", "<!DOCTYPE html>"));
  EXPECT_TRUE(is_html("application/json", " \r\n\xef\xbb\xbf<HTML>"));
  EXPECT_FALSE(is_html("text/html", ""));
  EXPECT_FALSE(is_html("application/json", "{}"));
  EXPECT_FALSE(is_html("text/plain", "ok"));
  EXPECT_FALSE(is_html("", "  "));
}

}  // namespace
}  // namespace tocsin::delivery
