#include "subject/syntax.h"

#include <gtest/gtest.h>

namespace tocsin::subject {
namespace {

TEST(AddrSpec, TakesEveryFormWithoutComments) {
  for (const char* text :
       {"a@b", "user+tag@example.com", "a.b.c@d.e", "!#$%&'*+-/=?^_`{|}~@example.com",
        "\"a b\"@example.com", "\"a\\\"b@c\"@example.com", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]",
        "j\xc3\xb6rg@b\xc3\xbc"
        "cher.example"}) {
    EXPECT_TRUE(is_addr_spec(text)) << text;
  }
}

TEST(AddrSpec, RefusesEverythingElse) {
  for (const char* text :
       {"",           "@",     "a@",    "@b",        "a",         "a b@c",  "a@b c",
        "a..b@c",     ".a@b",  "a.@b",  "a@b.",      "a@.b",      "a@b..c", "mailto:a@b",
        "User <a@b>", "a@b@c", "\"a@b", "\"\"a\"@b", "\"a\\\"@b", "(c)a@b", "a@[b",
        "a@[b]c]",    "a@b\n", "a,b@c", "a@b>"}) {
    EXPECT_FALSE(is_addr_spec(text)) << text;
  }
}

TEST(DidUrl, TakesPathsQueriesAndFragments) {
  for (const char* text :
       {"did:example:123456", "did:web:a.example:user:alice", "did:ex2:a%3Ab",
        "did:example:1/a/b?service=x&y#key-1", "did:example:1?a/b", "did:a:b#", "did:example::a"}) {
    EXPECT_TRUE(is_did_url(text)) << text;
  }
}

TEST(DidUrl, RefusesEverythingElse) {
  for (const char* text : {"", "did", "did:", "did:a", "did:a:", "did::a", "DID:a:b", "did:A:b",
                           "did:a-b:c", "did:a:b:", "did:a:b c", "did:a:b%4", "did:a:b#c#d",
                           "did:a:b@c", "https://a.example/did"}) {
    EXPECT_FALSE(is_did_url(text)) << text;
  }
}

TEST(ScimPath, IsRelativeToTheProvider) {
  for (const char* text : {"/Users/2b2f880a", "Users/1", "/Groups/a:b", "/Users/1%20b"}) {
    EXPECT_TRUE(is_scim_path(text)) << text;
  }
  for (const char* text : {"", "//host/Users/1", "https://a.example/Users/1", "urn:x", "/Users/1 b",
                           "/Users/1?x", "/Users/1#x"}) {
    EXPECT_FALSE(is_scim_path(text)) << text;
  }
}

TEST(NcName, StartsWithALetterAndHasNoColon) {
  for (const char* text : {"_a1", "A", "a-b.c", "\xc3\xa9t\xc3\xa9"}) {
    EXPECT_TRUE(is_nc_name(text)) << text;
  }
  for (const char* text : {"", "1abc", "-a", ".a", "a:b", "a b"}) {
    EXPECT_FALSE(is_nc_name(text)) << text;
  }
}

TEST(CanonicalAccount, NeedsSchemeUserAndHost) {
  EXPECT_EQ(canonical_account("acct:u@A.example"), "u@a.example");
  EXPECT_EQ(canonical_account("aCCt:u@[::1]"), "u@[::1]");
  for (const char* text : {"", "acct:", "acct:u", "acct:@h", "acct:u@", "mailto:u@h", "u@h",
                           "acct:u@h@i", "acct:u:p@h", "acct:u@h:80", "acct:u@h/p", "acct:u%4@h"}) {
    EXPECT_EQ(canonical_account(text), std::nullopt) << text;
  }
}

TEST(CanonicalPhoneNumber, DropsSpacesAndPunctuationOnly) {
  EXPECT_EQ(canonical_phone_number("+1 (206) 555-01.00"), "+12065550100");
  EXPECT_EQ(canonical_phone_number("+12"), "+12");
  EXPECT_EQ(canonical_phone_number("+123456789012345"), "+123456789012345");
  for (const char* text : {"", "+", "+1", "12065550100", "0012065550100", "+02065550100",
                           "+1234567890123456", "+1206x", "+1/206", "+1\t206", "1+206", "++1206",
                           "+12065550100;ext=12", "+1-800-FLOWERS"}) {
    EXPECT_EQ(canonical_phone_number(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tocsin::subject
