#include "base/url.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(Url, SEC_39_TakesAUrlApart) {
  const auto url = parse_url("https://Receiver.Example.com:8443/ssf/push?tenant=a%20b&x=/?");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "receiver.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/ssf/push");
  EXPECT_EQ(url->query, "tenant=a%20b&x=/?");
  EXPECT_FALSE(url->literal);
  EXPECT_EQ(url->authority(), "receiver.example.com:8443");
  EXPECT_EQ(url->origin(), "https://receiver.example.com:8443");
  EXPECT_EQ(url->target(), "/ssf/push?tenant=a%20b&x=/?");
  EXPECT_EQ(url->to_text(), "https://receiver.example.com:8443/ssf/push?tenant=a%20b&x=/?");
}

TEST(Url, SEC_39_KeepsPathAndQueryAsWrittenAndDropsTheDefaultPort) {
  const struct {
    const char* text;
    const char* back;
    const char* target;
  } cases[] = {
      {"https://a.example", "https://a.example", "/"},
      {"https://a.example/", "https://a.example/", "/"},
      {"https://a.example:443/x", "https://a.example/x", "/x"},
      {"https://a.example:80/x", "https://a.example:80/x", "/x"},
      {"https://a.example?q", "https://a.example?q", "/?q"},
      {"https://a.example/p?", "https://a.example/p?", "/p?"},
      {"HTTPS://A.Example/P", "https://a.example/P", "/P"},
      {"https://a.example//b/%2F/...", "https://a.example//b/%2F/...", "//b/%2F/..."},
      {"https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/", "/"},
      {"https://1and1.example/", "https://1and1.example/", "/"},
      {"https://r3---sn.example/", "https://r3---sn.example/", "/"},
      {"https://192.0.2.7:1/", "https://192.0.2.7:1/", "/"},
      {"https://[2001:DB8::0:1]/", "https://[2001:db8::1]/", "/"},
      {"https://[::ffff:127.0.0.1]:65535/", "https://[::ffff:127.0.0.1]:65535/", "/"},
  };
  for (const auto& [text, back, target] : cases) {
    const auto url = parse_url(text);
    ASSERT_TRUE(url) << text << ": " << url.error().detail;
    EXPECT_EQ(url->to_text(), back);
    EXPECT_EQ(url->target(), target);
    EXPECT_EQ(parse_url(back).value(), *url);
  }
}

TEST(Url, SEC_39_KnowsAnAddressFromAName) {
  EXPECT_EQ(parse_url("https://192.0.2.7/")->literal, parse_ip_address("192.0.2.7"));
  EXPECT_EQ(parse_url("https://[::1]/")->literal, parse_ip_address("::1"));
  EXPECT_EQ(parse_url("https://[::1]/")->host, "::1");
  EXPECT_EQ(parse_url("https://192.0.2.7.example/")->literal, std::nullopt);
}

TEST(Url, SEC_39_PlainHttpOnlyWhereTheCallerAllowsIt) {
  EXPECT_EQ(parse_url("http://a.example/").error().code, Errc::url_syntax);
  const auto url = parse_url("http://a.example/", PlainHttp::allowed);
  ASSERT_TRUE(url);
  EXPECT_FALSE(url->is_https());
  EXPECT_EQ(url->port, 80);
  EXPECT_EQ(url->to_text(), "http://a.example/");
  EXPECT_TRUE(parse_url("https://a.example/", PlainHttp::allowed)->is_https());
}

struct Refusal {
  const char* text;
  const char* why;
};

class RefusedUrl : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedUrl, SEC_39_IsRefusedForItsReason) {
  const auto url = parse_url(GetParam().text, PlainHttp::allowed);
  ASSERT_FALSE(url) << GetParam().text;
  EXPECT_EQ(url.error().code, Errc::url_syntax);
  EXPECT_EQ(url.error().detail, GetParam().why) << GetParam().text;
}

constexpr const char* scheme = "the scheme is not https";
constexpr const char* user = "user-info is not accepted";
constexpr const char* fragment = "a fragment is not accepted";
constexpr const char* port = "the port is not a number from 1 to 65535";
constexpr const char* no_host = "there is no host";
constexpr const char* name = "the host is neither a DNS name nor an address";
constexpr const char* number = "the host is a number, but no IPv4 address";
constexpr const char* brackets = "the brackets hold no IPv6 address";
constexpr const char* path = "the path has a bad character";
constexpr const char* dots = "the path has a dot segment";
constexpr const char* query = "the query has a bad character";

INSTANTIATE_TEST_SUITE_P(
    Url, RefusedUrl,
    testing::Values(
        Refusal{"", scheme}, Refusal{"a.example", scheme}, Refusal{"//a.example/", scheme},
        Refusal{"file:///etc/passwd", scheme}, Refusal{"ftp://a.example/", scheme},
        Refusal{"gopher://a.example/", scheme}, Refusal{"https:a.example", scheme},
        Refusal{"https:/a.example", scheme}, Refusal{" https://a.example", scheme},
        Refusal{"javascript:alert(1)", scheme}, Refusal{"https:\\\\a.example", scheme},
        Refusal{"https://u@a.example/", user}, Refusal{"https://u:p@a.example/", user},
        Refusal{"https://@a.example/", user}, Refusal{"https://a.example@127.0.0.1/", user},
        Refusal{"https://a.example/#", fragment}, Refusal{"https://a.example/p#f", fragment},
        Refusal{"https://a.example#@b.example/", fragment}, Refusal{"https://a.example:/", port},
        Refusal{"https://a.example:0/", port}, Refusal{"https://a.example:65536/", port},
        Refusal{"https://a.example:0443/", port}, Refusal{"https://a.example:+80/", port},
        Refusal{"https://a.example:-1/", port}, Refusal{"https://a.example:80:80/", port},
        Refusal{"https://a.example:4 3/", port}, Refusal{"https://[::1]:x/", port},
        Refusal{"https://a.example:99999999999/", port}, Refusal{"https://", no_host},
        Refusal{"https:///p", no_host}, Refusal{"https://:1/", no_host},
        Refusal{"https://?q", no_host}, Refusal{"https://::1/", no_host},
        Refusal{"https://a.example./", name}, Refusal{"https://.a.example/", name},
        Refusal{"https://a..example/", name}, Refusal{"https://a_b.example/", name},
        Refusal{"https://-a.example/", name}, Refusal{"https://a-.example/", name},
        Refusal{"https://a%2eexample/", name},
        Refusal{"https://b\xc3\xbc"
                "cher.example/",
                name},
        Refusal{"https://a b/", name}, Refusal{"https://a\\b/", name},
        Refusal{"https://a,b/", name}, Refusal{"https://a.example\t/", name},
        Refusal{"https://*.example/", name},
        Refusal{"https://a\xe3\x80\x82"
                "example/",
                name},
        Refusal{"https://[::1/", name}, Refusal{"https://[::1]x/", name},
        Refusal{"https://x[::1]/", name}, Refusal{"https://127.1/", number},
        Refusal{"https://1/", number}, Refusal{"https://2130706433/", number},
        Refusal{"https://0x7f000001/", number}, Refusal{"https://0x7f.0.0.1/", number},
        Refusal{"https://0177.0.0.1/", number}, Refusal{"https://127.0.0.0x1/", number},
        Refusal{"https://127.0.0.01/", number}, Refusal{"https://1.2.3.4.5/", number},
        Refusal{"https://1.2.3.256/", number}, Refusal{"https://a.0/", number},
        Refusal{"https://a.0x/", number}, Refusal{"https://[]/", brackets},
        Refusal{"https://[127.0.0.1]/", brackets}, Refusal{"https://[fe80::1%25eth0]/", brackets},
        Refusal{"https://[v1.a]/", brackets}, Refusal{"https://[::1::]/", brackets},
        Refusal{"https://[a.example]/", brackets}, Refusal{"https://a.example/a b", path},
        Refusal{"https://a.example/%", path}, Refusal{"https://a.example/%2", path},
        Refusal{"https://a.example/%zz", path}, Refusal{"https://a.example/\xc3\xbc", path},
        Refusal{"https://a.example/\"", path}, Refusal{"https://a.example/\r\nX: y", path},
        Refusal{"https://a.example/a\\b", path}, Refusal{"https://a.example/{x}", path},
        Refusal{"https://a.example/<", path}, Refusal{"https://a.example/..", dots},
        Refusal{"https://a.example/a/./b", dots}, Refusal{"https://a.example/a/.%2E/b", dots},
        Refusal{"https://a.example/%2e", dots}, Refusal{"https://a.example/?a b", query},
        Refusal{"https://a.example/?%0", query}, Refusal{"https://a.example/?\x7f", query},
        Refusal{"https://a.example/?[x]", query}));

TEST(Url, SEC_39_RefusesNulAndTooLong) {
  EXPECT_EQ(parse_url(std::string_view("https://a.example\0/", 19)).error().detail, name);
  EXPECT_EQ(parse_url(std::string_view("https://127.0.0.1\0/", 19)).error().detail, name);
  EXPECT_EQ(parse_url(std::string_view("https://a.example/\0", 19)).error().detail, path);
  const std::string stem = "https://a.example/";
  EXPECT_TRUE(parse_url(stem + std::string(url_size_max - stem.size(), 'p')));
  EXPECT_EQ(parse_url(stem + std::string(url_size_max - stem.size() + 1, 'p')).error().detail,
            "the URL is longer than 2 KiB");
  const std::string label(63, 'a');
  EXPECT_TRUE(parse_url("https://" + label + "." + label + "/"));
  EXPECT_EQ(parse_url("https://" + label + "a/").error().detail, name);
  const std::string long_name = label + "." + label + "." + label + "." + std::string(61, 'a');
  EXPECT_TRUE(parse_url("https://" + long_name));
  EXPECT_EQ(parse_url("https://" + long_name + "a").error().detail,
            "the host name is longer than 253 octets");
}

}  // namespace
}  // namespace tocsin
