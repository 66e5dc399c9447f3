#include "base/uri.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(Uri, TakesTheExamplesOfRfc3986) {
  for (const char* text :
       {"ftp://ftp.is.co.za/rfc/rfc1808.txt", "http://www.ietf.org/rfc/rfc2396.txt",
        "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com",
        "news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212", "telnet://192.0.2.16:80/",
        "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
        "foo://example.com:8042/over/there?name=ferret#nose"}) {
    EXPECT_TRUE(is_uri(text)) << text;
  }
}

TEST(Uri, TakesEveryPartAtItsEdge) {
  for (const char* text :
       {"a:", "a+b-c.1:x", "file:///etc/hosts", "http://h", "http://h:", "a:b:c", "http://u:p:q@h/",
        "http://[::1]:8080", "http://[v1f.a:b]/", "a:/x//y", "a:?q?/#f?/", "a:%41%4f"}) {
    EXPECT_TRUE(is_uri(text)) << text;
  }
}

TEST(Uri, RefusesWhatIsNone) {
  for (const char* text : {"",
                           ":",
                           "://h",
                           "1a:b",
                           "a_b:c",
                           "/users/1",
                           "users/1",
                           "//h/p",
                           "https://a b/",
                           "https://a/b c",
                           "a:b#c#d",
                           "a:%4",
                           "a:%",
                           "a:[b]",
                           "http://[::1",
                           "http://[::1]x/",
                           "http://[127.0.0.1]/",
                           "http://[v.a]/",
                           "http://[vg.a]/",
                           "http://[v1.]/",
                           "http://h:8a/",
                           "http://a@b@c/",
                           "http://::1/",
                           "a:\x7f",
                           "a:\xc3\xa9",
                           "a:<b>",
                           "a:\\b",
                           "a:b\"c"}) {
    EXPECT_FALSE(is_uri(text)) << text;
  }
  EXPECT_FALSE(is_uri(std::string_view("a:b\0c", 5)));
}

TEST(Uri, AStringWithoutColonIsAStringOrUri) {
  EXPECT_TRUE(is_string_or_uri("joe accounts"));
  EXPECT_TRUE(is_string_or_uri("https://issuer.example.com/"));
  EXPECT_FALSE(is_string_or_uri("https://issuer example com/"));
}

TEST(Uri, AHostIsANameOrABracketedAddress) {
  for (const char* text : {"a.example", "127.0.0.1", "[::1]", "a%20b"}) {
    EXPECT_TRUE(is_uri_host(text)) << text;
  }
  for (const char* text : {"", "a:80", "::1", "[]", "[", "]", "a/b", "a@b"}) {
    EXPECT_FALSE(is_uri_host(text)) << text;
  }
}

TEST(Uri, UnreservedHasNoPercent) {
  EXPECT_TRUE(is_uri_unreserved("aZ0-._~"));
  EXPECT_FALSE(is_uri_unreserved("%41"));
  EXPECT_FALSE(is_uri_unreserved("a/b"));
}

}  // namespace
}  // namespace tocsin
