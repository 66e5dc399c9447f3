// Who asks when a proxy stands in between.
#include "http/forwarded.h"

#include <gtest/gtest.h>

namespace tocsin::http {
namespace {

TrustedProxies trusting(std::vector<std::string> networks,
                        TrustedProxies::Says says = TrustedProxies::Says::x_forwarded_for) {
  TrustedProxies proxies;
  for (const std::string& network : networks) {
    proxies.networks.push_back(parse_ip_network(network).value());
  }
  proxies.says = says;
  return proxies;
}

std::string client(const std::string& peer, const Headers& headers, const TrustedProxies& proxies) {
  return to_short_text(client_of(*parse_ip_address(peer), headers, proxies));
}

TEST(Forwarded, SEC_50_NobodyIsBelievedWhoIsNotTrusted) {
  const Headers spoofed{{"X-Forwarded-For", "192.0.2.1"}, {"Forwarded", "for=192.0.2.1"}};
  EXPECT_EQ(client("198.51.100.7", spoofed, trusting({})), "198.51.100.7");
  EXPECT_EQ(client("198.51.100.7", spoofed, trusting({"10.0.0.0/8"})), "198.51.100.7");
  EXPECT_EQ(client("127.0.0.1", spoofed, trusting({})), "127.0.0.1");
}

TEST(Forwarded, ATrustedProxyNamesItsPeer) {
  const TrustedProxies proxies = trusting({"10.0.0.0/8", "fd00::/8"});
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "192.0.2.1"}}, proxies), "192.0.2.1");
  EXPECT_EQ(client("10.0.0.1", {{"x-forwarded-for", " 192.0.2.1:4711 "}}, proxies), "192.0.2.1");
  EXPECT_EQ(client("fd00::1", {{"X-Forwarded-For", "2001:db8::5"}}, proxies), "2001:db8::5");
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "[2001:db8::5]:443"}}, proxies), "2001:db8::5");
  EXPECT_EQ(client("10.0.0.1", {}, proxies), "10.0.0.1");
}

TEST(Forwarded, SEC_50_WhatTheClientWroteItselfIsNotRead) {
  const TrustedProxies proxies = trusting({"10.0.0.0/8"});
  // The client claims to be 203.0.113.9; the proxy adds whom it saw.
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "203.0.113.9, 192.0.2.1"}}, proxies),
            "192.0.2.1");
  EXPECT_EQ(client("10.0.0.1",
                   {{"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-For", "192.0.2.1"}}, proxies),
            "192.0.2.1");
  // The client claims to come through a proxy of ours.
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "203.0.113.9, 10.0.0.2, 192.0.2.1"}}, proxies),
            "192.0.2.1");
}

TEST(Forwarded, AChainOfTrustedProxiesIsWalkedToItsStart) {
  const TrustedProxies proxies = trusting({"10.0.0.0/8"});
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "192.0.2.1, 10.0.0.3, 10.0.0.2"}}, proxies),
            "192.0.2.1");
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}, proxies), "10.0.0.3");
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "192.0.2.1, ::ffff:10.0.0.2"}}, proxies),
            "192.0.2.1");
}

TEST(Forwarded, WhatIsNoAddressEndsTheWalk) {
  const TrustedProxies proxies = trusting({"10.0.0.0/8"});
  for (const char* nonsense :
       {"unknown", "", "192.0.2.1, ", "192.0.2.1, _hidden", "192.0.2.1,999.1.1.1", "[2001:db8::1",
        "192.0.2.1, 10.0.0.2\" onload", "192.0.2.1;10.0.0.2"}) {
    EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", nonsense}}, proxies), "10.0.0.1") << nonsense;
  }
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "192.0.2.1, nonsense, 10.0.0.2"}}, proxies),
            "10.0.0.2");
}

TEST(Forwarded, SEC_50_OnlyTheHeaderThatTheProxyWritesIsRead) {
  const Headers both{{"Forwarded", "for=203.0.113.9"}, {"X-Forwarded-For", "192.0.2.1"}};
  EXPECT_EQ(client("10.0.0.1", both, trusting({"10.0.0.0/8"})), "192.0.2.1");
  EXPECT_EQ(client("10.0.0.1", both, trusting({"10.0.0.0/8"}, TrustedProxies::Says::forwarded)),
            "203.0.113.9");
}

TEST(Forwarded, ReadsTheElementsOfRfc7239) {
  const TrustedProxies proxies = trusting({"10.0.0.0/8"}, TrustedProxies::Says::forwarded);
  const auto from = [&](const char* value) {
    return client("10.0.0.1", {{"Forwarded", value}}, proxies);
  };
  EXPECT_EQ(from("for=192.0.2.1;proto=https;by=10.0.0.1"), "192.0.2.1");
  EXPECT_EQ(from("proto=https; For=\"192.0.2.1:80\""), "192.0.2.1");
  EXPECT_EQ(from("for=\"[2001:db8::5]:4711\""), "2001:db8::5");
  EXPECT_EQ(from("for=203.0.113.9, for=192.0.2.1, for=10.0.0.2"), "192.0.2.1");
  EXPECT_EQ(from("for=_hidden"), "10.0.0.1");
  EXPECT_EQ(from("for=192.0.2.1;for=203.0.113.9"), "10.0.0.1") << "twice in one element";
  EXPECT_EQ(from("by=192.0.2.1"), "10.0.0.1");
}

TEST(Forwarded, ALongListIsNotWalkedForEver) {
  std::string list = "192.0.2.1";
  for (int i = 0; i < 1000; ++i) list += ",10.0.0.2";
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", list}}, trusting({"10.0.0.0/8"})), "10.0.0.2");
}

}  // namespace
}  // namespace tocsin::http
