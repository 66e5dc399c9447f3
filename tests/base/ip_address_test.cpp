#include "base/ip_address.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(IpAddress, OneTextPerAddress) {
  const struct {
    const char* text;
    const char* canonical;
  } cases[] = {
      {"0.0.0.0", "0.0.0.0"},
      {"192.0.2.255", "192.0.2.255"},
      {"::", "::"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:0db8::0001", "2001:db8::1"},
      {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
  };
  for (const auto& [text, canonical] : cases) {
    const auto address = parse_ip_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_text(), canonical);
    EXPECT_EQ(parse_ip_address(canonical).value(), *address);
  }
}

TEST(IpAddress, RefusesWhatOnlySomeSoftwareReadsAsAnAddress) {
  for (const std::string_view text : {"",
                                      "1",
                                      "127.1",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "01.2.3.4",
                                      "0177.0.0.1",
                                      "0x7f.0.0.1",
                                      "0x7f000001",
                                      "2130706433",
                                      "1.2.3.256",
                                      "1.2.3.4 ",
                                      " 1.2.3.4",
                                      "1.2.3.4/8",
                                      "1.2.3.-4",
                                      "1.2.3.+4",
                                      "fe80::1%eth0",
                                      "fe80::1%1",
                                      ":::",
                                      "1::2::3",
                                      "::12345",
                                      "1:2:3:4:5:6:7",
                                      "[::1]",
                                      "1:2:3:4:5:6:7:8:9",
                                      "::1.2.3",
                                      "::1.2.3.04",
                                      "::ffff:1.2.3.256",
                                      "localhost"}) {
    const auto address = parse_ip_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, Errc::url_syntax);
  }
  EXPECT_FALSE(parse_ip_address(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(parse_ip_address(std::string(5000, '1')));
}

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
  EXPECT_FALSE(contains("::/0", "192.0.2.1"));
  EXPECT_FALSE(contains("0.0.0.0/0", "::ffff:192.0.2.1"));
}

TEST(IpNetwork, RefusesBitsBehindThePrefixAndLooseNumbers) {
  for (const char* text : {"10.1.0.0/8", "fd00::1/8", "10.0.0.0/33", "::/129", "10.0.0.0/",
                           "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0/8", "/8", ""}) {
    const auto network = parse_ip_network(text);
    ASSERT_FALSE(network) << text;
    EXPECT_EQ(network.error().code, Errc::config_invalid);
  }
  EXPECT_EQ(parse_ip_network("10.0.0.0/8").value().to_text(), "10.0.0.0/8");
  EXPECT_EQ(parse_ip_network("::1").value().to_text(), "::1/128");
}

}  // namespace
}  // namespace tocsin
