#include <gtest/gtest.h>

#include "tocsin/json.h"

namespace tocsin {
namespace {

TEST(Json, IsEqualWhateverTheOrderOfMembers) {
  EXPECT_EQ(parse_json(R"({"a":1,"b":[1,2]})").value(),
            parse_json(R"({"b":[1,2],"a":1.0})").value());
  EXPECT_FALSE(parse_json("[1,2]").value() == parse_json("[2,1]").value());
  EXPECT_FALSE(parse_json(R"({"a":null})").value() == parse_json("{}").value());
}

TEST(JsonObject, TakesReplacesAndKeepsTheOrder) {
  JsonObject object{{"a", 1}, {"b", "x"}};
  object.insert_or_assign("c", true);
  object.insert_or_assign("a", 2);
  EXPECT_EQ(to_text(object), R"({"a":2,"b":"x","c":true})");
  EXPECT_EQ(object.take("b"), Json("x"));
  EXPECT_EQ(object.take("b"), std::nullopt);
  EXPECT_FALSE(object.erase("zz"));
  EXPECT_EQ(to_text(object), R"({"a":2,"c":true})");
}

TEST(ToText, EscapesOnlyWhatMustBe) {
  EXPECT_EQ(to_text(Json(std::string("a\"\\/\b\f\n\r\t\x01\0\x7f\xc3\xa9", 14))),
            "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u0000\x7f\xc3\xa9\"");
}

TEST(ToText, WritesWhatItReadWithoutWhiteSpace) {
  const std::string_view text = R"({"z":1,"a":[null,true,false,-1.50e+07,"\u0001"],"e":{},"f":[]})";
  EXPECT_EQ(to_text(parse_json(text).value()), text);
}

TEST(Json, NamesItsType) {
  EXPECT_EQ(Json().type_name(), "null");
  EXPECT_EQ(Json(true).type_name(), "boolean");
  EXPECT_EQ(Json(1).type_name(), "number");
  EXPECT_EQ(Json("").type_name(), "string");
  EXPECT_EQ(Json(JsonArray{}).type_name(), "array");
  EXPECT_EQ(Json(JsonObject{}).type_name(), "object");
}

}  // namespace
}  // namespace tocsin
