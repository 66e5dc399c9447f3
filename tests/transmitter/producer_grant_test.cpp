#include "transmitter/producer_grant.h"

#include <gtest/gtest.h>

namespace tocsin::transmitter {
namespace {

bool may(const SubjectNamespace& space, std::string_view subject) {
  const ProducerGrant grant{.namespaces = {{space}}};
  return may_publish_about(grant, parse_subject(parse_json(subject).value()).value());
}

TEST(ProducerGrant, SEC_18_GrantsTypesByTheirUri) {
  const std::string revoked(type_of(caep::SessionRevoked{}));
  const ProducerGrant grant{.event_types = {{revoked}}};
  EXPECT_TRUE(may_publish(grant, revoked));
  EXPECT_FALSE(may_publish(grant, type_of(caep::CredentialChange{})));
  EXPECT_TRUE(may_publish({}, "urn:whatever"));
  EXPECT_FALSE(may_publish({.event_types = {{}}}, revoked));
}

TEST(ProducerGrant, SEC_18_GrantsSubjectsByFormatAndOrigin) {
  const auto* iss_sub = R"({"format":"iss_sub","iss":"https://one","sub":"a"})";
  EXPECT_TRUE(may({"iss_sub", "https://one"}, iss_sub));
  EXPECT_TRUE(may({"iss_sub"}, iss_sub));
  EXPECT_FALSE(may({"iss_sub", "https://on"}, iss_sub));
  EXPECT_FALSE(may({"iss_sub", "https://two"}, iss_sub));
  EXPECT_FALSE(may({"email"}, iss_sub));

  const auto* email = R"({"format":"email","email":"a@Example.com"})";
  EXPECT_TRUE(may({"email", "example.COM"}, email));
  EXPECT_FALSE(may({"email", "ample.com"}, email));

  EXPECT_TRUE(may({"account", "a.example"}, R"({"format":"account","uri":"acct:x@a.example"})"));
  EXPECT_FALSE(may({"account", "b.example"}, R"({"format":"account","uri":"acct:x@a.example"})"));
  EXPECT_TRUE(may({"opaque", "t1/"}, R"({"format":"opaque","id":"t1/7"})"));
  EXPECT_FALSE(may({"opaque", "t1/"}, R"({"format":"opaque","id":"t2/7"})"));
  EXPECT_TRUE(may({"phone_number", "+49"}, R"({"format":"phone_number","phone_number":"+491"})"));
  EXPECT_FALSE(may({"phone_number", "+1"}, R"({"format":"phone_number","phone_number":"+491"})"));
  EXPECT_FALSE(
      may({"ip-addresses", "10."}, R"({"format":"ip-addresses","ip-addresses":["10.0.0.1"]})"));
}

TEST(ProducerGrant, SEC_18_EveryMemberMustBeGranted) {
  const SubjectNamespace own{"iss_sub", "https://one"};
  const auto complex = [](std::string_view other) {
    return R"({"format":"complex","user":{"format":"iss_sub","iss":"https://one","sub":"a"},)"
           R"("tenant":{"format":"iss_sub","iss":")" +
           std::string(other) + R"(","sub":"t"}})";
  };
  EXPECT_TRUE(may(own, complex("https://one")));
  EXPECT_FALSE(may(own, complex("https://two")));
  const auto aliases = [](std::string_view other) {
    return R"({"format":"aliases","identifiers":[)"
           R"({"format":"iss_sub","iss":"https://one","sub":"a"},)"
           R"({"format":"iss_sub","iss":")" +
           std::string(other) + R"(","sub":"b"}]})";
  };
  EXPECT_TRUE(may(own, aliases("https://one")));
  EXPECT_FALSE(may(own, aliases("https://two")));
}

TEST(ProducerGrant, SSF_3_4_01_AFormatNobodyDescribesMustBeNamed) {
  const auto* item = R"({"format":"catalog_item","catalog_id":"c"})";
  const std::string complex =
      std::string(R"({"format":"complex","user":{"format":"opaque","id":"u"},"device":)") + item +
      "}";
  for (const std::string& subject : {std::string(item), complex}) {
    const Subject about = parse_subject(parse_json(subject).value()).value();
    EXPECT_FALSE(may_publish_about({}, about)) << subject;
    EXPECT_TRUE(may_publish_about({.namespaces = {{{"catalog_item"}, {"opaque"}}}}, about));
  }
  EXPECT_TRUE(may_publish_about({}, opaque_subject("u")));
}

}  // namespace
}  // namespace tocsin::transmitter
