#include "cli/pretty.h"

#include <gtest/gtest.h>

namespace tocsin::cli {
namespace {

std::chrono::sys_seconds at(std::int64_t seconds) {
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

Json read(std::string_view text) {
  return parse_json(text).value();
}

TEST(Pretty, IndentsAndKeepsEmptyOnesShort) {
  EXPECT_EQ(to_pretty(read(R"({"a":1,"b":[true,{"c":null}],"d":{},"e":[]})")), R"({
  "a": 1,
  "b": [
    true,
    {
      "c": null
    }
  ],
  "d": {},
  "e": []
})");
  EXPECT_EQ(to_pretty(read("\"text\"")), "\"text\"");
}

TEST(Pretty, PlainOutputIsTheSameJson) {
  const Json value = read(R"({"iat":1756500000,"s":"a\u001bb\"\\","x":[1.50,[]]})");
  EXPECT_EQ(parse_json(to_pretty(value)).value(), value);
}

TEST(Pretty, AnnotatesTimesWhereverTheyOccur) {
  EXPECT_EQ(to_pretty(read(R"({"iat":1756500000,"n":1756500000,"e":{"event_timestamp":0}})"),
                      {.annotated = true}),
            R"({
  "iat": 1756500000,  // 2025-08-29T20:40:00Z
  "n": 1756500000,
  "e": {
    "event_timestamp": 0  // 1970-01-01T00:00:00Z
  }
})");
}

TEST(Pretty, CutsLongTextOnlyForReading) {
  const Json value = JsonObject{{"a", std::string(1025, 'x')}};
  EXPECT_EQ(to_pretty(value, {.annotated = true}),
            "{\n  \"a\": \"" + std::string(1024, 'x') + "\"  // cut: 1025 bytes\n}");
  EXPECT_EQ(parse_json(to_pretty(value)).value(), value);
}

TEST(ToDate, SpellsEveryYearOfFourDigits) {
  EXPECT_EQ(to_date(at(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_date(at(-1)), "1969-12-31T23:59:59Z");
  EXPECT_EQ(to_date(at(951'782'400)), "2000-02-29T00:00:00Z");
  EXPECT_EQ(to_date(at(253'402'300'799)), "9999-12-31T23:59:59Z");
  EXPECT_EQ(to_date(at(253'402'300'800)), "253402300800");
  EXPECT_EQ(to_date(at(INT64_MAX)), "9223372036854775807");
}

}  // namespace
}  // namespace tocsin::cli
