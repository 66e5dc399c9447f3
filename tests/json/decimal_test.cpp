#include "json/decimal.h"

#include <gtest/gtest.h>

#include "tocsin/json.h"

namespace tocsin {
namespace {

JsonNumber number(std::string_view text) {
  return JsonNumber::parse(text).value();
}

TEST(JsonNumber, JS_08_KeepsIntegersBeyond53Bits) {
  EXPECT_EQ(number("9007199254740993").as_int64(), 9007199254740993);
  EXPECT_EQ(number("9223372036854775807").as_int64(), INT64_MAX);
  EXPECT_EQ(number("-9223372036854775808").as_int64(), INT64_MIN);
}

TEST(JsonNumber, CL_25_RefusesToClampOrRound) {
  EXPECT_EQ(number("9223372036854775808").as_int64(), std::nullopt);
  EXPECT_EQ(number("-9223372036854775809").as_int64(), std::nullopt);
  EXPECT_EQ(number("1e400").as_int64(), std::nullopt);
  EXPECT_EQ(number("1e99999999999999999999").as_int64(), std::nullopt);
  EXPECT_EQ(number("0.5").as_int64(), std::nullopt);
}

TEST(JsonNumber, CL_20_ReadsExponentsAndEmptyFractionsExactly) {
  EXPECT_EQ(number("1.7565e9").as_int64(), 1756500000);
  EXPECT_EQ(number("15.0").as_int64(), 15);
  EXPECT_EQ(number("1500e-2").as_int64(), 15);
  EXPECT_EQ(number("-0").as_int64(), 0);
  EXPECT_EQ(number("0e999").as_int64(), 0);
}

TEST(JsonNumber, IsEqualByValue) {
  EXPECT_EQ(number("1"), number("1.0"));
  EXPECT_EQ(number("10e-1"), number("1"));
  EXPECT_EQ(number("0"), number("-0.0"));
  EXPECT_FALSE(number("1") == number("-1"));
  EXPECT_FALSE(number("1") == number("1.0000000000000000001"));
}

TEST(JsonNumber, TakesTheGrammarOfRfc8259AndNothingElse) {
  for (const std::string_view text : {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "1 ",
                                      "NaN", "Infinity", "1,5", "--1", "00"}) {
    EXPECT_FALSE(JsonNumber::parse(text)) << text;
  }
}

}  // namespace
}  // namespace tocsin
