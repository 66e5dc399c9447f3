#include "http/address_rule.h"

#include <gtest/gtest.h>

namespace tocsin::http {
namespace {

Url url_of(const std::string& text) {
  return parse_url(text, PlainHttp::allowed).value();
}

IpAddress address_of(const char* text) {
  return parse_ip_address(text).value();
}

// Each network of the registries by its first and last address, and every embedding of each.
TEST(AddressRule, SEC_40_RefusesWhatIsNotGlobalUnicast) {
  for (const char* text : {"0.0.0.0",
                           "0.255.255.255",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.0",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.0.0",
                           "169.254.169.254",
                           "172.16.0.0",
                           "172.31.255.255",
                           "192.0.0.0",
                           "192.0.0.255",
                           "192.0.2.0",
                           "192.0.2.255",
                           "192.88.99.0",
                           "192.88.99.255",
                           "192.168.0.0",
                           "192.168.255.255",
                           "198.18.0.0",
                           "198.19.255.255",
                           "198.51.100.0",
                           "198.51.100.255",
                           "203.0.113.0",
                           "203.0.113.255",
                           "224.0.0.0",
                           "239.255.255.255",
                           "240.0.0.0",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::2",
                           "::ffff:0:0:8.8.8.8",
                           "64:ff9b:1::",
                           "64:ff9b:1:ffff:ffff:ffff:808:808",
                           "100::",
                           "100::ffff:ffff:ffff:ffff",
                           "2001::",
                           "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
                           "2001:2::",
                           "2001:20::1",
                           "2001:1ff:ffff::",
                           "2001:db8::",
                           "2001:db8:ffff::",
                           "3fff::",
                           "3fff:fff:ffff::",
                           "5f00::1",
                           "fc00::",
                           "fdff:ffff::1",
                           "fe80::",
                           "febf:ffff::1",
                           "fec0::",
                           "feff:ffff::1",
                           "ff00::",
                           "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                           "1fff:ffff::1",
                           "4000::1"}) {
    EXPECT_FALSE(is_global_unicast(address_of(text))) << text;
    const auto judged = AddressRule().judge_address(url_of("https://a.example"), address_of(text));
    ASSERT_FALSE(judged) << text;
    EXPECT_EQ(judged.error().code, Errc::address_refused);
  }
}

TEST(AddressRule, SEC_40_AcceptsTheNeighboursOfEveryRefusedNetwork) {
  for (const char* text : {"1.0.0.0",      "9.255.255.255",    "11.0.0.0",     "100.63.255.255",
                           "100.128.0.0",  "126.255.255.255",  "128.0.0.0",    "169.253.255.255",
                           "169.255.0.0",  "172.15.255.255",   "172.32.0.0",   "191.255.255.255",
                           "192.0.1.0",    "192.0.1.255",      "192.0.3.0",    "192.88.98.255",
                           "192.88.100.0", "192.167.255.255",  "192.169.0.0",  "198.17.255.255",
                           "198.20.0.0",   "198.51.99.255",    "198.51.101.0", "203.0.112.255",
                           "203.0.114.0",  "223.255.255.255",  "8.8.8.8",      "2000::1",
                           "2001:200::1",  "2001:db7:ffff::1", "2001:db9::1",  "2606:4700::1111",
                           "2003::1",      "3ffe:ffff::1",     "3fff:1000::1"}) {
    EXPECT_TRUE(is_global_unicast(address_of(text))) << text;
    EXPECT_TRUE(AddressRule().judge_address(url_of("https://a.example"), address_of(text))) << text;
  }
}

TEST(AddressRule, SEC_40_JudgesAnEmbeddedAddressByItself) {
  const struct {
    const char* form;
    const char* global;
    const char* loopback;
    const char* metadata;
  } cases[] = {
      {"mapped", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe"},
      {"NAT64", "64:ff9b::8.8.8.8", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe"},
      {"6to4", "2002:808:808::1", "2002:7f00:1::1", "2002:a9fe:a9fe::1"},
      {"ISATAP", "2a00:1::5efe:8.8.8.8", "2a00:1::5efe:127.0.0.1", "2a00:1::5efe:a9fe:a9fe"},
      {"ISATAP, universal", "2a00:1::200:5efe:8.8.8.8", "2a00:1::200:5efe:127.0.0.1",
       "2a00:1::200:5efe:a9fe:a9fe"},
      {"6to4 with ISATAP", "2002:808:808::5efe:8.8.8.8", "2002:808:808::5efe:127.0.0.1",
       "2002:a9fe:a9fe::5efe:8.8.8.8"},
  };
  for (const auto& [form, global, loopback, metadata] : cases) {
    EXPECT_TRUE(is_global_unicast(address_of(global))) << form;
    EXPECT_FALSE(is_global_unicast(address_of(loopback))) << form;
    EXPECT_FALSE(is_global_unicast(address_of(metadata))) << form;
  }
  // Compatible addresses (RFC 4291 2.5.5.1) and Teredo are refused whatever they hold.
  EXPECT_FALSE(is_global_unicast(address_of("::8.8.8.8")));
  EXPECT_FALSE(is_global_unicast(address_of("2001:0:808:808::f7f7:f7f7")));
}

TEST(AddressRule, SEC_40_JudgesLiteralsWithoutResolving) {
  const AddressRule rule;
  for (const char* text :
       {"https://127.0.0.1/", "https://10.1.2.3/", "https://172.16.0.1/", "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data", "https://100.64.0.1/", "https://0.0.0.0/",
        "https://198.18.0.1/", "https://224.0.0.1/", "https://240.0.0.1/", "https://[::1]/",
        "https://[fe80::1]/", "https://[fc00::1]/", "https://[::ffff:127.0.0.1]/", "https://[::]/",
        "https://[64:ff9b::10.0.0.1]/"}) {
    const auto judged = rule.judge_url(url_of(text));
    ASSERT_FALSE(judged) << text;
    EXPECT_EQ(judged.error().code, Errc::address_refused) << text;
  }
  EXPECT_TRUE(rule.judge_url(url_of("https://8.8.8.8/")));
  EXPECT_TRUE(rule.judge_url(url_of("https://[2606:4700::1111]/")));
  // A name is judged at connect: resolving it here would make us a DNS probe (SEC-42).
  EXPECT_TRUE(rule.judge_url(url_of("https://localhost/")));
}

// Covers: IC-60.
TEST(AddressRule, SEC_40_TheOperatorsNetworksAreTheException) {
  const AddressRule rule({.networks = {parse_ip_network("10.1.0.0/16").value(),
                                       parse_ip_network("fd00:1::/32").value()},
                          .hosts = {},
                          .plain_http_hosts = {}});
  const Url url = url_of("https://a.example");
  EXPECT_TRUE(rule.judge_address(url, address_of("10.1.2.3")));
  EXPECT_TRUE(rule.judge_address(url, address_of("::ffff:10.1.2.3")));
  EXPECT_TRUE(rule.judge_address(url, address_of("fd00:1::1")));
  EXPECT_TRUE(rule.judge_url(url_of("https://10.1.2.3/")));
  EXPECT_FALSE(rule.judge_address(url, address_of("10.2.0.0")));
  EXPECT_FALSE(rule.judge_address(url, address_of("fd00:2::1")));
  // The exception names what is connected to: behind NAT64 that is somebody else's gateway.
  EXPECT_FALSE(rule.judge_address(url, address_of("64:ff9b::10.1.2.3")));
}

TEST(AddressRule, SEC_40_AListedHostMayResolveToAnything) {
  const AddressRule rule({.networks = {}, .hosts = {"push.corp.example"}, .plain_http_hosts = {}});
  const IpAddress inside = address_of("10.1.2.3");
  EXPECT_TRUE(rule.judge_address(url_of("https://push.corp.example/"), inside));
  EXPECT_TRUE(rule.judge_address(url_of("https://PUSH.corp.example:8443/"), inside));
  EXPECT_FALSE(rule.judge_address(url_of("https://a.push.corp.example/"), inside));
  EXPECT_FALSE(rule.judge_address(url_of("https://corp.example/"), inside));
}

TEST(AddressRule, SEC_39_PlainHttpIsForListedHostsOnly) {
  const AddressRule rule({.networks = {},
                          .hosts = {"other.example"},
                          .plain_http_hosts = {"a.example", "8.8.8.8", "127.0.0.1"}});
  EXPECT_TRUE(rule.judge_url(url_of("http://a.example/")));
  EXPECT_TRUE(rule.judge_url(url_of("http://8.8.8.8/")));
  EXPECT_EQ(rule.judge_url(url_of("http://b.example/")).error().code, Errc::url_syntax);
  EXPECT_EQ(rule.judge_url(url_of("http://other.example/")).error().code, Errc::url_syntax);
  // Plain http says nothing about the address.
  EXPECT_EQ(rule.judge_url(url_of("http://127.0.0.1/")).error().code, Errc::address_refused);
}

}  // namespace
}  // namespace tocsin::http
