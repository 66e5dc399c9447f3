// Which finding refuses, under which policy.
#include "tocsin/finding.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(Refuses, MustRefusesEverywhere) {
  for (const auto strictness : {Strictness::strict, Strictness::interop, Strictness::lenient}) {
    EXPECT_TRUE(refuses(Level::must, strictness, Direction::received));
    EXPECT_TRUE(refuses(Level::must, strictness, Direction::sent));
  }
}

TEST(Refuses, PolicyIsAWarningOnlyForLenientReceivers) {
  EXPECT_TRUE(refuses(Level::policy, Strictness::strict, Direction::received));
  EXPECT_TRUE(refuses(Level::policy, Strictness::interop, Direction::received));
  EXPECT_FALSE(refuses(Level::policy, Strictness::lenient, Direction::received));
  EXPECT_TRUE(refuses(Level::policy, Strictness::lenient, Direction::sent));
}

TEST(Refuses, TheInteroperabilityProfileBindsOnlyThoseWhoChoseIt) {
  EXPECT_FALSE(refuses(Level::interop, Strictness::strict, Direction::received));
  EXPECT_TRUE(refuses(Level::interop, Strictness::interop, Direction::received));
  EXPECT_FALSE(refuses(Level::interop, Strictness::lenient, Direction::received));
}

TEST(Refuses, WhatMustNotBeSentIsStillReceived) {
  for (const Level level : {Level::should, Level::tx}) {
    EXPECT_FALSE(refuses(level, Strictness::strict, Direction::received));
    EXPECT_TRUE(refuses(level, Strictness::strict, Direction::sent));
  }
}

TEST(Refuses, AWarningNeverRefuses) {
  EXPECT_FALSE(refuses(Level::warn, Strictness::strict, Direction::sent));
  EXPECT_FALSE(refuses(Level::warn, Strictness::interop, Direction::received));
}

TEST(FirstRefusal, SkipsWhatMayPass) {
  const Findings findings{
      {Errc::subject_extra, Level::tx, "/sub_id/note", "RFC 9493 3", ""},
      {Errc::claim_value, Level::policy, "/jti", "RFC 8417 2.2", "empty"},
  };
  EXPECT_EQ(first_refusal(findings, Strictness::strict, Direction::received), &findings[1]);
  EXPECT_EQ(first_refusal(findings, Strictness::lenient, Direction::received), nullptr);
  EXPECT_EQ(first_refusal(findings, Strictness::strict, Direction::sent), &findings[0]);
}

TEST(Finding, SaysWhatWhereAndWhichRule) {
  const Finding finding{Errc::claim_value, Level::policy, "/jti", "RFC 8417 2.2", "empty"};
  EXPECT_EQ(finding.to_string(), "claim.value at /jti: empty (RFC 8417 2.2)");
}

}  // namespace
}  // namespace tocsin
