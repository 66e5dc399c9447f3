#include "tocsin/result.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/try.h"

namespace tocsin {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Error(Errc::claim_value, "odd");
  return value / 2;
}

Result<int> quarter(int value) {
  TOCSIN_TRY(const int first, half(value));
  TOCSIN_TRY(const int second, half(first));
  return second;
}

TEST(Result, CarriesAValueOrAnError) {
  EXPECT_EQ(half(4).value(), 2);
  EXPECT_EQ(half(3).error().code, Errc::claim_value);
  EXPECT_EQ(half(3).error().detail, "odd");
}

TEST(Result, TryReturnsTheFirstError) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_FALSE(quarter(6));
  EXPECT_FALSE(quarter(7));
}

TEST(Result, AndThenAndTransformPassErrorsOn) {
  EXPECT_EQ(half(8).and_then(half).transform([](int v) { return v + 1; }).value(), 3);
  EXPECT_EQ(half(2).and_then(half).error().code, Errc::claim_value);
}

TEST(Result, HoldsMoveOnlyValues) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> value = std::move(result).value();
  EXPECT_EQ(*value, 5);
}

TEST(Errc, EveryRowIsCompleteAndEveryCodeIsRegistered) {
  const std::string_view codes[] = {"",
                                    "invalid_request",
                                    "invalid_key",
                                    "invalid_issuer",
                                    "invalid_audience",
                                    "authentication_failed",
                                    "access_denied",
                                    "invalid_state"};
  for (int code = 0; code <= static_cast<int>(Errc::internal_error); ++code) {
    const Defect& defect = describe(static_cast<Errc>(code));
    EXPECT_FALSE(defect.name.empty());
    EXPECT_FALSE(defect.defect_class.empty());
    EXPECT_FALSE(defect.public_text.empty());
    EXPECT_NE(std::find(std::begin(codes), std::end(codes), defect.err), std::end(codes))
        << defect.name;
  }
}

TEST(Error, SEC_32_ThePublicTextNeverHoldsTheDetail) {
  const Error error(Errc::claim_issuer, "expected https://idp.example.com");
  EXPECT_EQ(error.public_text(), "The issuer is not the one expected here.");
  EXPECT_EQ(error.to_string(),
            "claim.issuer: The issuer is not the one expected here. "
            "(expected https://idp.example.com)");
}

}  // namespace
}  // namespace tocsin
