#include "jose/system_random.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/base64url.h"
#include "jose/digest.h"

namespace tocsin {
namespace {

TEST(SystemRandom, SEC_10_MakesIdsThatDoNotRepeat) {
  SystemRandom random;
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(random.id());
  EXPECT_EQ(ids.size(), 10'000U);
}

TEST(SystemRandom, FillsNothingIfNothingIsAskedFor) {
  SystemRandom().fill({});
}

// FIPS 180-2, appendix B.1.
TEST(Sha256, HashesTheStandardsExample) {
  EXPECT_EQ(base64url_encode(as_text(sha256("abc"))),
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}

TEST(EqualInConstantTime, SEC_08_ComparesLengthsAndOctets) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time(std::string("a\0b", 3), std::string("a\0b", 3)));
  EXPECT_FALSE(equal_in_constant_time("ab", "ac"));
  EXPECT_FALSE(equal_in_constant_time("ab", "abc"));
}

}  // namespace
}  // namespace tocsin
