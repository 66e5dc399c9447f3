#include "base/ip_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/random.h"

namespace tocsin {
namespace {

std::string canonical(std::string_view text) {
  const auto address = parse_ip_address(text);
  return address ? to_text(*address) : "refused";
}

TEST(IpAddress, TakesDottedDecimal) {
  EXPECT_EQ(canonical("10.29.37.75"), "10.29.37.75");
  EXPECT_EQ(canonical("0.0.0.0"), "0.0.0.0");
  EXPECT_EQ(canonical("255.255.255.255"), "255.255.255.255");
}

TEST(IpAddress, TakesEveryTextFormOfRfc4291) {
  EXPECT_EQ(canonical("2001:DB8::8A2e:370:7334"), "2001:0db8:0000:0000:0000:8a2e:0370:7334");
  EXPECT_EQ(canonical("2001:0db8:0:0:0:8a2e:0370:7334"), "2001:0db8:0000:0000:0000:8a2e:0370:7334");
  EXPECT_EQ(canonical("::"), "0000:0000:0000:0000:0000:0000:0000:0000");
  EXPECT_EQ(canonical("::1"), "0000:0000:0000:0000:0000:0000:0000:0001");
  EXPECT_EQ(canonical("1::"), "0001:0000:0000:0000:0000:0000:0000:0000");
  EXPECT_EQ(canonical("1:2:3:4:5:6:7::"), "0001:0002:0003:0004:0005:0006:0007:0000");
  EXPECT_EQ(canonical("::2:3:4:5:6:7:8"), "0000:0002:0003:0004:0005:0006:0007:0008");
  EXPECT_EQ(canonical("::ffff:10.29.37.75"), "0000:0000:0000:0000:0000:ffff:0a1d:254b");
  EXPECT_EQ(canonical("1:2:3:4:5:6:1.2.3.4"), "0001:0002:0003:0004:0005:0006:0102:0304");
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const char* text : {"",
                           "1",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.",
                           ".1.2.3.4",
                           "1..2.3",
                           "256.1.1.1",
                           "01.2.3.4",
                           "1.2.3.04",
                           "0x1.2.3.4",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "1.2.3.4:443",
                           "10.29.37.0/24",
                           "10.29.37.275",
                           "1000.1.1.1",
                           ":",
                           ":::",
                           "1:",
                           ":1",
                           "1:2:3:4:5:6:7",
                           "1::2::3",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4::5:6:7:8",
                           "::1:2:3:4:5:6:7:8",
                           "12345::",
                           "g::",
                           "::1%eth0",
                           "[::1]",
                           "::1/128",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "::1.2.3.256",
                           "::a1.2.3.4"}) {
    EXPECT_EQ(canonical(text), "refused") << text;
  }
}

TEST(IpAddress, TheShortTextIsThatOfRfc5952) {
  const auto shortened = [](const char* text) { return to_short_text(*parse_ip_address(text)); };
  EXPECT_EQ(shortened("10.29.37.75"), "10.29.37.75");
  EXPECT_EQ(shortened("0:0:0:0:0:0:0:1"), "::1");
  EXPECT_EQ(shortened("2001:DB8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(shortened("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(shortened("::ffff:192.0.2.1"), "::ffff:192.0.2.1");
}

TEST(IpAddress, AMappedAddressIsAnotherAddress) {
  EXPECT_NE(parse_ip_address("10.29.37.75"), parse_ip_address("::ffff:10.29.37.75"));
}

// The C library as a second opinion on addresses written at random with RFC 4291's alphabet.
TEST(IpAddress, AgreesWithInetPton) {
  SeededRandom random(4291);
  constexpr std::string_view pieces[] = {"0", "1", "ab", "255", "::", ":", ":", ".", "ffff", "10"};
  int taken = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    for (std::uint64_t n = random.below(16); n > 0; --n) text += pieces[random.below(10)];
    unsigned char octets[16];
    const auto address = parse_ip_address(text);
    const int family = text.find(':') == std::string::npos ? AF_INET : AF_INET6;
    ASSERT_EQ(inet_pton(family, text.c_str(), octets) == 1, address.has_value()) << text;
    if (!address) continue;
    ++taken;
    ASSERT_EQ(std::memcmp(octets, address->octets.data(), family == AF_INET ? 4 : 16), 0) << text;
    ASSERT_EQ(parse_ip_address(to_text(*address)), address);
    ASSERT_EQ(parse_ip_address(to_short_text(*address)), address);
  }
  EXPECT_GT(taken, 100);
}

}  // namespace
}  // namespace tocsin
