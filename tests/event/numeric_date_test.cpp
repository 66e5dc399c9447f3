// Times are read exactly, however the number is written.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>

#include "base/random.h"
#include "support/matchers.h"
#include "tocsin/events/common.h"

namespace tocsin {
namespace {

constexpr std::int64_t seconds_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t seconds_min = std::numeric_limits<std::int64_t>::min();

Result<NumericDate> read(std::string_view text) {
  return NumericDate::from_number(JsonNumber::parse(text).value());
}

struct Case {
  std::string_view text;
  NumericDate date;
};

TEST(NumericDate, EV_14_IsExactWhateverTheSpelling) {
  const Case cases[] = {
      {"0", {0, 0}},
      {"-0", {0, 0}},
      {"0e99999999999999999999", {0, 0}},
      {"1615304991", {1615304991, 0}},
      {"1615304991.25", {1615304991, 250'000'000}},
      {"1.7565e9", {1756500000, 0}},
      {"1.7565E+9", {1756500000, 0}},
      {"17565000000e-1", {1756500000, 0}},
      {"15203800012", {15203800012, 0}},
      {"0.000000001", {0, 1}},
      {"1e-9", {0, 1}},
      {"0.0000000019", {0, 1}},
      {"1e-999999999999999999999", {0, 0}},
      {"1615304991.123456789999", {1615304991, 123'456'789}},
      {"-1.5", {-2, 500'000'000}},
      {"-0.000000001", {-1, 999'999'999}},
      {"9223372036854775807", {seconds_max, 0}},
      {"9223372036854775807.999999999", {seconds_max, 999'999'999}},
      {"-9223372036854775808", {seconds_min, 0}},
      {"-9223372036854775807.5", {seconds_min, 500'000'000}},
      {"9.223372036854775807e18", {seconds_max, 0}},
  };
  for (const auto& [text, date] : cases) {
    const auto parsed = read(text);
    ASSERT_THAT(parsed, test::Succeeds()) << text;
    EXPECT_EQ(*parsed, date) << text;
  }
}

TEST(NumericDate, EV_14_RefusesWhatDoesNotFit) {
  for (const char* text : {"9223372036854775808", "-9223372036854775809", "-9223372036854775808.5",
                           "1e19", "1e400", "-1e20", "9.3e18", "123456789012345678901234567890"}) {
    EXPECT_THAT(read(text), test::FailsWith(Errc::claim_type)) << text;
  }
}

TEST(NumericDate, IsWrittenAsTheShortestPlainNumber) {
  EXPECT_EQ((NumericDate{1615304991, 0}).to_number().text(), "1615304991");
  EXPECT_EQ((NumericDate{1615304991, 250'000'000}).to_number().text(), "1615304991.25");
  EXPECT_EQ((NumericDate{0, 1}).to_number().text(), "0.000000001");
  EXPECT_EQ((NumericDate{-2, 500'000'000}).to_number().text(), "-1.5");
  EXPECT_EQ((NumericDate{-1, 999'999'999}).to_number().text(), "-0.000000001");
  EXPECT_EQ((NumericDate{seconds_min, 500'000'000}).to_number().text(), "-9223372036854775807.5");
}

TEST(NumericDate, ReadsBackWhatItWrote) {
  SeededRandom random(20260101);
  for (int i = 0; i < 2000; ++i) {
    std::array<std::uint8_t, 8> octets{};
    random.fill(octets);
    std::uint64_t bits = 0;
    for (const std::uint8_t octet : octets) bits = bits << 8 | octet;
    bits >>= random.below(60);
    const auto seconds = static_cast<std::int64_t>(random.below(2) == 0 ? bits : ~bits);
    const NumericDate date{seconds, static_cast<std::uint32_t>(random.below(1'000'000'000))};
    const auto again = NumericDate::from_number(date.to_number());
    ASSERT_THAT(again, test::Succeeds()) << date.to_number().text();
    EXPECT_EQ(*again, date) << date.to_number().text();
  }
}

}  // namespace
}  // namespace tocsin
