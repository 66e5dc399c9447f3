#include "jose/secret_box.h"

#include <gtest/gtest.h>

#include <string>

#include "support/matchers.h"

namespace tocsin::jose {
namespace {

using test::FailsWith;

SecretBox box(char fill) {
  return SecretBox::with_key(Secret(std::string(secret_box_key_size, fill))).value();
}

TEST(SecretBox, SEC_56_OpensWhatItSealedAndShowsNothingOfIt) {
  const std::string sealed = box('k').seal("Bearer canary", "stream 1").value();
  EXPECT_EQ(sealed.find("canary"), std::string::npos);
  EXPECT_EQ(box('k').open(sealed, "stream 1").value(), "Bearer canary");
  EXPECT_NE(box('k').seal("Bearer canary", "stream 1").value(), sealed);
  EXPECT_EQ(box('k').open(box('k').seal("", "").value(), "").value(), "");
}

TEST(SecretBox, SEC_56_AnotherKeyOrPlaceOrAnyChangedBitIsRefused) {
  const std::string sealed = box('k').seal("Bearer canary", "stream 1").value();
  EXPECT_THAT(box('l').open(sealed, "stream 1"), FailsWith(Errc::config_invalid));
  EXPECT_THAT(box('k').open(sealed, "stream 2"), FailsWith(Errc::config_invalid));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_THAT(box('k').open(changed, "stream 1"), FailsWith(Errc::config_invalid)) << i;
    EXPECT_THAT(box('k').open(sealed.substr(0, i), "stream 1"), FailsWith(Errc::config_invalid));
  }
}

TEST(SecretBox, RefusesAKeyOfAnotherSize) {
  EXPECT_THAT(SecretBox::with_key(Secret(std::string(31, 'k'))), FailsWith(Errc::config_invalid));
}

}  // namespace
}  // namespace tocsin::jose
