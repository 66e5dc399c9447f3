#include <gmock/gmock.h>

#include "build.h"

namespace tocsin {
namespace {

using test::shown_key;
using test::subject;

std::string key(std::string_view text) {
  return shown_key(subject(text));
}

// Covers: A-70, A-35.
TEST(SubjectKey, SUB_42_HasTheWorkedForms) {
  EXPECT_EQ(key(R"({"format":"email","email":"JDoe@Example.COM"})"), "email|JDoe@example.com");
  EXPECT_EQ(key(R"({"format":"phone_number","phone_number":"+1 206 555 0100"})"),
            "phone_number|+12065550100");
  EXPECT_EQ(key(R"({"format":"account","uri":"ACCT:j%2Ddoe@A.Example"})"),
            "account|j-doe@a.example");
  EXPECT_EQ(key(R"({"format":"ip-addresses","ip-addresses":["2001:DB8::1","10.0.0.1"]})"),
            "ip-addresses|4:0a000001|6:20010db8000000000000000000000001");
  EXPECT_EQ(key(R"({"format":"iss_sub","sub":"1","iss":"https://i/"})"), "iss_sub|https://i/|1");
  EXPECT_EQ(key(R"({"format":"jwt_id","iss":"https://i/","jti":"7"})"), "jwt_id|https://i/|7");
}

TEST(SubjectKey, TheOtherFormatsAreComparedExactly) {
  EXPECT_EQ(key(R"({"format":"opaque","id":"A|b"})"), "opaque|A|b");
  EXPECT_EQ(key(R"({"format":"did","url":"did:example:A#k"})"), "did|did:example:A#k");
  EXPECT_EQ(key(R"({"format":"uri","uri":"HTTPS://A.example/%7e"})"), "uri|HTTPS://A.example/%7e");
  EXPECT_EQ(key(R"({"format":"saml_assertion_id","issuer":"I","assertion_id":"_a"})"),
            "saml_assertion_id|I|_a");
  EXPECT_EQ(key(R"({"format":"scim","uri":"/Users/1","externalId":"x"})"), "scim|/Users/1");
}

TEST(SubjectKey, AnEmailSplitsAtItsLastAt) {
  EXPECT_EQ(key(R"({"format":"email","email":"\"A@B\"@C.Example"})"), R"(email|"A@B"@c.example)");
}

TEST(SubjectKey, AnAccountKeepsReservedPercentEncodingInCapitals) {
  EXPECT_EQ(key(R"({"format":"account","uri":"acct:A%2fb%40%7e@%41.example"})"),
            "account|A%2Fb%40~@a.example");
}

TEST(SubjectKey, ARepeatedAddressCountsOnce) {
  EXPECT_EQ(key(R"({"format":"ip-addresses","ip-addresses":["::1","0::1","10.0.0.1"]})"),
            "ip-addresses|4:0a000001|6:00000000000000000000000000000001");
}

// Covers: A-37.
TEST(SubjectKey, SUB_08_AnAgreedFormatIsComparedAsJson) {
  const std::string one = key(R"({"format":"x_item","n":[1.0,{"b":1,"a":10e-1}],"m":null})");
  EXPECT_EQ(one, key(R"({"m":null,"n":[1,{"a":1.00,"b":1}],"format":"x_item"})"));
  EXPECT_NE(one, key(R"({"m":null,"n":[{"a":1,"b":1},1],"format":"x_item"})"));
  EXPECT_NE(one, key(R"({"format":"x_item","n":[1.0,{"b":1,"a":1}]})"));
  EXPECT_EQ(key(R"({"format":"x","n":-0})"), key(R"({"format":"x","n":0.0e7})"));
  EXPECT_NE(key(R"({"format":"x","n":9007199254740993})"),
            key(R"({"format":"x","n":9007199254740992})"));
  EXPECT_NE(key(R"({"format":"x","n":-1})"), key(R"({"format":"x","n":1})"));
  EXPECT_NE(key(R"({"format":"x","n":"1"})"), key(R"({"format":"x","n":1})"));
}

TEST(SubjectKey, PartsCannotRunIntoEachOther) {
  const auto iss_sub = [](std::string iss, std::string sub) {
    return SubjectKey(IssSubSubject{std::move(iss), std::move(sub), {}});
  };
  EXPECT_NE(iss_sub("a\x1f"
                    "b",
                    "c"),
            iss_sub("a",
                    "b\x1f"
                    "c"));
  EXPECT_NE(iss_sub("a\x1e"
                    "s",
                    "c"),
            iss_sub("a\x1f", "c"));
  EXPECT_NE(iss_sub("a", ""), iss_sub("", "a"));
}

// An application may build what no parser lets through; it must not meet a real identity.
TEST(SubjectKey, AValueItsFormatDoesNotAllowIsComparedAsItCame) {
  EXPECT_NE(SubjectKey(AccountSubject{"j@a.example", {}}),
            SubjectKey(AccountSubject{"acct:j@a.example", {}}));
  EXPECT_NE(SubjectKey(PhoneNumberSubject{"1 206", {}}),
            SubjectKey(PhoneNumberSubject{"1206", {}}));
  EXPECT_NE(SubjectKey(IpAddressesSubject{{"4:0a000001"}, {}}),
            SubjectKey(IpAddressesSubject{{"10.0.0.1"}, {}}));
  EXPECT_EQ(SubjectKey(IpAddressesSubject{{"b", "a"}, {}}),
            SubjectKey(IpAddressesSubject{{"a", "b", "a"}, {}}));
}

TEST(KeysOf, SUB_41_AnAliasesSubjectHasAKeyForEachDistinctIdentifier) {
  AliasesSubject aliases;
  aliases.identifiers = {OpaqueSubject{"1", {}}, EmailSubject{"a@B.example", {}},
                         EmailSubject{"a@b.example", {}}};
  const std::vector<SubjectKey> keys = keys_of(aliases);
  EXPECT_THAT(keys, testing::ElementsAre(SubjectKey(EmailSubject{"a@b.example", {}}),
                                         SubjectKey(OpaqueSubject{"1", {}})));
}

}  // namespace
}  // namespace tocsin
