#include "http/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace tocsin::http {
namespace {

using test::FailsWith;

std::string value_of(std::string_view text, std::string_view name) {
  const Result<Parameters> parameters = Parameters::parse(text);
  EXPECT_TRUE(parameters) << text;
  const std::string* const value = parameters ? parameters->find(name) : nullptr;
  return value == nullptr ? "(none)" : *value;
}

TEST(Parameters, DecodesNamesAndValues) {
  EXPECT_EQ(value_of("stream_id=abc", "stream_id"), "abc");
  EXPECT_EQ(value_of("a=1&stream_id=a%2Fb%20c+d", "stream_id"), "a/b c d");
  EXPECT_EQ(value_of("stream%5Fid=x", "stream_id"), "x");
  EXPECT_EQ(value_of("a=b=c", "a"), "b=c");
  EXPECT_EQ(value_of("a=%c3%a9", "a"), "\xc3\xa9");
  EXPECT_EQ(value_of("a", "a"), "");
  EXPECT_EQ(value_of("a=", "a"), "");
  EXPECT_EQ(value_of("", "a"), "(none)");
  EXPECT_EQ(value_of("A=1", "a"), "(none)");
}

TEST(Parameters, RefusesWhatCouldBeReadInTwoWays) {
  for (const std::string_view text :
       {"a=1&a=2", "a=1&a=1", "a=1&%61=2", "a&a", "=1", "&a=1", "a=1&", "a=1&&b=2", "a=%", "a=%4",
        "a=%4x", "a=%x4", "%zz=1", "a=%ff", "a=%00", "a=%0a", "a=%7f", "a=%c0%80"}) {
    EXPECT_THAT(Parameters::parse(text), FailsWith(Errc::http_request)) << text;
  }
}

TEST(Parameters, StopsAtALimit) {
  std::string text = "p0=";
  for (std::size_t i = 1; i < parameters_max; ++i) text += "&p" + std::to_string(i) + "=";
  EXPECT_TRUE(Parameters::parse(text));
  EXPECT_THAT(Parameters::parse(text + "&more="), FailsWith(Errc::http_request));
}

TEST(Parameters, WhatIsEncodedIsDecodedBack) {
  std::string every;
  for (char c = 0x20; c < 0x7f; ++c) every += c;
  every += "\xc3\xa9";
  std::string text = "a=";
  append_encoded(text, every);
  EXPECT_EQ(value_of(text, "a"), every);
}

}  // namespace
}  // namespace tocsin::http
