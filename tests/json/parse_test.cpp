// The strict reader refuses what two parsers could read in two ways.
#include <gtest/gtest.h>

#include "tocsin/json.h"

namespace tocsin {
namespace {

Errc refusal(std::string_view text, const JsonLimits& limits = {}) {
  const auto result = parse_json(text, limits);
  EXPECT_FALSE(result) << text;
  return result ? Errc::internal_error : result.error().code;
}

TEST(ParseJson, ReadsEveryKindOfValue) {
  const Json json = parse_json(R"({"n":null,"t":true,"f":false,"i":-1,"d":1.5e3,)"
                               R"("s":"a\u00e9\n","a":[1,[],{}],"o":{"x":""}})")
                        .value();
  const JsonObject& object = *json.as_object();
  ASSERT_EQ(object.size(), 8U);
  EXPECT_TRUE(object.find("n")->is_null());
  EXPECT_EQ(*object.find("t")->as_bool(), true);
  EXPECT_EQ(*object.find("f")->as_bool(), false);
  EXPECT_EQ(object.find("i")->as_number()->as_int64(), -1);
  EXPECT_EQ(object.find("d")->as_number()->text(), "1.5e3");
  EXPECT_EQ(*object.find("s")->as_string(), "a\xc3\xa9\n");
  EXPECT_EQ(object.find("a")->as_array()->size(), 3U);
  EXPECT_EQ(*object.find("o"), Json(JsonObject{{"x", ""}}));
}

TEST(ParseJson, JS_01_TakesTheGrammarOfRfc8259Only) {
  for (const std::string_view text :
       {"",         " ",     "{",         "[1,]",   "{\"a\":1,}", "{'a':1}", "{a:1}", "// c\n1",
        "/* c */1", "NaN",   "-Infinity", "01",     "1.",         "+1",      "\"a",   "tru",
        "nul",      "[1 2]", "{\"a\" 1}", "\"\t\"", "\"\\x41\"",  "]",       "{}}",   "[]]"}) {
    EXPECT_EQ(refusal(text), Errc::json_syntax) << text;
  }
}

TEST(ParseJson, JS_01_RefusesBytesAfterTheValueButNotWhiteSpace) {
  EXPECT_TRUE(parse_json("{} \r\n\t"));
  EXPECT_EQ(refusal("{} x"), Errc::json_syntax);
  EXPECT_EQ(refusal("1 2"), Errc::json_syntax);
  EXPECT_EQ(refusal(std::string_view("{}\0", 3)), Errc::json_syntax);
}

TEST(ParseJson, JS_02_RefusesInvalidUtf8) {
  for (const std::string_view text : {"\"\x80\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xff\"",
                                      "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"", "{\"\xff\":1}"}) {
    EXPECT_EQ(refusal(text), Errc::json_syntax);
  }
  EXPECT_TRUE(parse_json("\"\xf0\x9f\x98\x80\""));
}

TEST(ParseJson, JS_03_RefusesAByteOrderMark) {
  EXPECT_EQ(refusal("\xef\xbb\xbf{}"), Errc::json_syntax);
}

TEST(ParseJson, JS_04_RefusesALoneSurrogateEscape) {
  EXPECT_EQ(refusal(R"("\ud800")"), Errc::json_syntax);
  EXPECT_EQ(refusal(R"("\udc00")"), Errc::json_syntax);
  EXPECT_EQ(refusal(R"("\ud800x")"), Errc::json_syntax);
  EXPECT_EQ(*parse_json(R"("\ud83d\ude00")")->as_string(), "\xf0\x9f\x98\x80");
}

TEST(ParseJson, JS_05_SEC_24_RefusesADuplicateNameAtAnyDepth) {
  EXPECT_EQ(refusal(R"({"a":1,"a":1})"), Errc::json_duplicate);
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":2})"), Errc::json_duplicate);
  EXPECT_EQ(refusal(R"([[{"x":{"a":1,"b":2,"a":3}}]])"), Errc::json_duplicate);
  EXPECT_EQ(refusal(R"({"":1,"":2})"), Errc::json_duplicate);
  EXPECT_TRUE(parse_json(R"({"a":{"a":1},"A":2,"\u0000":3,"\u0000a":4})"));
}

TEST(ParseJson, JS_05_FindsADuplicateAmongManyNames) {
  std::string text = "{";
  for (int i = 0; i < 500; ++i) text += "\"n" + std::to_string(i) + "\":1,";
  EXPECT_TRUE(parse_json(text + "\"n500\":1}"));
  EXPECT_EQ(refusal(text + "\"n250\":1}"), Errc::json_duplicate);
}

TEST(ParseJson, JS_06_SEC_48_LimitsActWhileReading) {
  const JsonLimits limits{.text_max = 200, .depth_max = 4, .members_max = 3, .string_max = 10};
  EXPECT_TRUE(parse_json("[[[[1]]]]", limits));
  EXPECT_EQ(refusal("[[[[[1]]]]]", limits), Errc::json_limits);
  EXPECT_TRUE(parse_json("[1,2,3]", limits));
  EXPECT_EQ(refusal("[1,2,3,4]", limits), Errc::json_limits);
  EXPECT_EQ(refusal(R"({"a":1,"b":2,"c":3,"d":4})", limits), Errc::json_limits);
  EXPECT_TRUE(parse_json("\"0123456789\"", limits));
  EXPECT_EQ(refusal("\"0123456789a\"", limits), Errc::json_limits);
  EXPECT_EQ(refusal("{\"0123456789a\":1}", limits), Errc::json_limits);
  EXPECT_EQ(refusal("12345678901", limits), Errc::json_limits);
  EXPECT_EQ(refusal(std::string(201, ' ') + "1", limits), Errc::json_limits);
}

TEST(ParseJson, JS_06_DepthIsBoundedWithoutRecursion) {
  EXPECT_EQ(refusal(std::string(1'000'000, '[')), Errc::json_limits);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(refusal(objects), Errc::json_limits);
}

TEST(ParseJson, JS_07_ANulIsAnOrdinaryCharacter) {
  EXPECT_EQ(*parse_json(R"("a\u0000b")")->as_string(), std::string("a\0b", 3));
}

TEST(ParseJson, SaysWhereItStopped) {
  EXPECT_EQ(parse_json("{\"a\":1,\"a\":2}").error().detail,
            "a member name occurs twice at byte 12");
}

}  // namespace
}  // namespace tocsin
