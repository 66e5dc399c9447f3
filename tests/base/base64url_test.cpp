// base64url is strict: one text per octet string.
#include "base/base64url.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace tocsin {
namespace {

TEST(Base64url, EncodesTheVectorsOfRfc4648Section10WithoutPadding) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [octets, text] : vectors) {
    EXPECT_EQ(base64url_encode(octets), text);
    EXPECT_EQ(base64url_decode(text).value(), octets);
  }
}

TEST(Base64url, UsesTheUrlSafeAlphabet) {
  EXPECT_EQ(base64url_encode("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(base64url_decode("-__-").value(), "\xfb\xff\xfe");
}

TEST(Base64url, JW_02_RefusesEveryOctetOutsideTheAlphabetAtEveryPosition) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int octet = 0; octet < 256; ++octet) {
    const char character = static_cast<char>(octet);
    if (alphabet.find(character) != std::string_view::npos) continue;
    for (std::size_t length : {2, 3, 4, 8, 44, 76, 131}) {
      for (std::size_t position = 0; position < length; ++position) {
        std::string text(length, 'A');
        text[position] = character;
        EXPECT_FALSE(base64url_decode(text)) << octet << " at " << position << " of " << length;
      }
    }
  }
}

TEST(Base64url, JW_03_RefusesALengthOfOneModuloFour) {
  EXPECT_EQ(base64url_decode("A").error().code, Errc::jose_base64url);
  EXPECT_EQ(base64url_decode("AAAAA").error().code, Errc::jose_base64url);
}

TEST(Base64url, JW_04_RefusesUnusedBitsThatAreNotZero) {
  EXPECT_TRUE(base64url_decode("Zg"));
  EXPECT_FALSE(base64url_decode("Zh"));
  EXPECT_TRUE(base64url_decode("Zm8"));
  EXPECT_FALSE(base64url_decode("Zm9"));
}

TEST(Base64url, DecodesWhatItEncodedForEveryLength) {
  SeededRandom random(7);
  for (std::size_t length = 0; length < 300; ++length) {
    std::string octets(length, '\0');
    random.fill({reinterpret_cast<std::uint8_t*>(octets.data()), octets.size()});
    EXPECT_EQ(base64url_decode(base64url_encode(octets)).value(), octets);
  }
}

}  // namespace
}  // namespace tocsin
