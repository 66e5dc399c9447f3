#include "base/ip_network.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(IpNetwork, ContainsExactlyTheAddressesBehindItsPrefix) {
  const auto contains = [](const char* network, const char* address) {
    return parse_ip_network(network).value().contains(parse_ip_address(address).value());
  };
  EXPECT_TRUE(contains("172.16.0.0/12", "172.16.0.0"));
  EXPECT_TRUE(contains("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(contains("172.16.0.0/12", "172.32.0.0"));
  EXPECT_FALSE(contains("172.16.0.0/12", "172.15.255.255"));
  EXPECT_TRUE(contains("0.0.0.0/0", "255.255.255.255"));
  EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(contains("192.0.2.1/32", "192.0.2.0"));
  EXPECT_TRUE(contains("fe80::/10", "febf:ffff::1"));
  EXPECT_FALSE(contains("fe80::/10", "fec0::"));
  EXPECT_TRUE(contains("::1", "::1"));
  EXPECT_FALSE(contains("::1", "::"));
}

TEST(IpNetwork, HoldsOneFamilyOnly) {
  EXPECT_FALSE(parse_ip_network("::/0")->contains(*parse_ip_address("192.0.2.1")));
  EXPECT_FALSE(parse_ip_network("0.0.0.0/0")->contains(*parse_ip_address("::ffff:192.0.2.1")));
}

TEST(IpNetwork, RefusesBitsBehindThePrefixAndLooseNumbers) {
  for (const char* text : {"10.1.0.0/8", "fd00::1/8", "10.0.0.0/33", "::/129", "10.0.0.0/",
                           "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0/8", "/8", ""}) {
    const auto network = parse_ip_network(text);
    ASSERT_FALSE(network) << text;
    EXPECT_EQ(network.error().code, Errc::config_invalid);
  }
}

}  // namespace
}  // namespace tocsin
