#include <gmock/gmock.h>

#include "build.h"
#include "support/matchers.h"

namespace tocsin {
namespace {

using test::FailsWith;
using test::json;
using testing::ElementsAre;
using testing::IsEmpty;

// "subject.value /email", in the order found.
std::vector<std::string> found(std::string_view text, Strictness strictness = Strictness::strict) {
  Findings findings;
  const auto subject = read_subject(json(text), strictness, "", findings);
  std::vector<std::string> texts;
  bool refused = false;
  for (const Finding& finding : findings) {
    texts.push_back(std::string(describe(finding.code).defect_class) + " " + finding.path);
    refused |= finding.level == Level::must;
  }
  EXPECT_TRUE(subject || refused) << "nothing is built only with a finding that says why";
  return texts;
}

TEST(ReadSubject, SUB_01_IsAnObject) {
  for (const char* text : {"\"a@b.example\"", "[]", "null", "7", "true"}) {
    EXPECT_THAT(found(text), ElementsAre("subject.type ")) << text;
  }
}

TEST(ReadSubject, ReportsEveryFindingWithItsPath) {
  EXPECT_THAT(found(R"({"format":"complex",
                        "user":{"format":"aliases","identifiers":[
                          {"format":"email","email":"x"},7,{"format":"phone","phone":"1"}]},
                        "a/b~c":{"format":"iss_sub","iss":"a b:c"},
                        "device":null})"),
              ElementsAre("subject.value /user/identifiers/0/email",
                          "subject.member_type /user/identifiers/1",
                          "subject.format /user/identifiers/2/format", "subject.member /a~1b~0c",
                          "subject.member_type /device"));
}

TEST(ReadSubject, FindingsCiteTheSectionTheyRestOn) {
  Findings findings;
  read_subject(json(R"({"format":"email","email":"x"})"), Strictness::strict, "/sub_id", findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings.front().to_string(),
            "subject.value at /sub_id/email: it is not a bare e-mail address (RFC 9493 3.2.2)");
}

TEST(ReadSubject, FindingsNeverQuoteTheSubject) {
  Findings findings;
  read_subject(json(R"({"format":"email","email":"canary value"})"), Strictness::strict, "",
               findings);
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings.front().to_string().find("canary"), std::string::npos);
}

TEST(ReadSubject, SUB_03_NoSpellingOfATakenFormatIsAFormatOfOnesOwn) {
  for (const char* format :
       {"Email", "EMAIL", "iss-sub", "jwt-id", "saml-assertion-id", "phone", "ip", "ip_addresses",
        "IP-Addresses", "id_token_claims", "oauth_token", "oauth_client", "phone-number"}) {
    EXPECT_THAT(found(R"({"format":")" + std::string(format) + R"(","x":"y"})"),
                ElementsAre("subject.format /format"))
        << format;
    EXPECT_THAT(
        parse_subject(json(R"({"format":")" + std::string(format) + R"("})"), Strictness::lenient),
        FailsWith(Errc::subject_format))
        << format;
  }
}

TEST(ReadSubject, SUB_08_UnknownFormatsAreTaken) {
  for (const char* format : {"catalog_item", "x-acme", "spag", "urn:acme:thing", "session-id"}) {
    EXPECT_THAT(found(R"({"format":")" + std::string(format) + R"(","n":{"a":[1]}})"), IsEmpty())
        << format;
  }
}

TEST(ReadSubject, SUB_13_ControlCharactersAreRefusedWhereSyntaxAllowsThem) {
  EXPECT_THAT(found(R"({"format":"opaque","id":"a\u0000"})"), ElementsAre("subject.value /id"));
  EXPECT_THAT(found(R"({"format":"iss_sub","iss":"a","sub":"\u007f"})"),
              ElementsAre("subject.value /sub"));
  EXPECT_THAT(found(R"({"format":"opaque","id":" a "})"), IsEmpty());  // and nothing is trimmed
}

TEST(ReadSubject, SUB_22_AComplexAliasStaysWholeWhenPolicyLetsItPass) {
  const Json text = json(
      R"({"format":"aliases","identifiers":[{"format":"complex","user":{"format":"opaque","id":"1"}}]})");
  EXPECT_THAT(parse_subject(text), FailsWith(Errc::subject_nesting));
  const auto lenient = parse_subject(text, Strictness::lenient);
  ASSERT_TRUE(lenient);
  EXPECT_EQ(to_json(*lenient), text);
}

// Covers: SSF-3.3-03.
TEST(ReadSubject, SUB_31_OnlyLenientTakesAnExtensionMemberThatIsNoSubject) {
  const Json text =
      json(R"({"format":"complex","user":{"format":"opaque","id":"1"},"x_region":"eu"})");
  EXPECT_THAT(parse_subject(text), FailsWith(Errc::subject_member_type));
  const auto lenient = parse_subject(text, Strictness::lenient);
  ASSERT_TRUE(lenient);
  EXPECT_EQ(to_json(*lenient), text);
  EXPECT_EQ(std::get<ComplexSubject>(*lenient).members.size(), 1U);

  const Json device =
      json(R"({"format":"complex","user":{"format":"opaque","id":"1"},"device":"d"})");
  EXPECT_THAT(parse_subject(device, Strictness::lenient), FailsWith(Errc::subject_member_type));
  const Json nobody = json(R"({"format":"complex","x_region":"eu"})");
  EXPECT_THAT(parse_subject(nobody, Strictness::lenient), FailsWith(Errc::subject_member));
}

TEST(ReadSubject, AliasesMayStandInAComplexSubject) {
  EXPECT_THAT(found(R"({"format":"complex","user":{"format":"aliases","identifiers":[
                        {"format":"opaque","id":"1"},{"format":"opaque","id":"2"}]}})"),
              IsEmpty());
}

Json complex_of(std::size_t members) {
  JsonObject object{{"format", "complex"}};
  for (std::size_t i = 0; i < members; ++i) {
    object.insert_or_assign("m" + std::to_string(i), JsonObject{{"format", "opaque"}, {"id", "1"}});
  }
  return object;
}

Json aliases_of(std::size_t members) {
  JsonArray identifiers;
  for (std::size_t i = 0; i < members; ++i) {
    identifiers.push_back(JsonObject{{"format", "opaque"}, {"id", std::to_string(i)}});
  }
  return JsonObject{{"format", "aliases"}, {"identifiers", std::move(identifiers)}};
}

TEST(ReadSubject, TwentyMembersAreTheLimitAtAnyStrictness) {
  for (const Strictness strictness : {Strictness::strict, Strictness::lenient}) {
    EXPECT_TRUE(parse_subject(complex_of(20), strictness));
    EXPECT_TRUE(parse_subject(aliases_of(20), strictness));
    EXPECT_THAT(parse_subject(complex_of(21), strictness), FailsWith(Errc::json_limits));
    EXPECT_THAT(parse_subject(aliases_of(21), strictness), FailsWith(Errc::json_limits));
  }
}

TEST(ReadSubject, FourKibibytesAreTheLimitAtAnyStrictness) {
  const auto of_size = [](std::size_t octets) {
    constexpr std::size_t frame = std::string_view("formatx_bignotes").size();
    return Json(JsonObject{{"format", "x_big"}, {"notes", std::string(octets - frame, 'x')}});
  };
  EXPECT_TRUE(parse_subject(of_size(4096), Strictness::lenient));
  EXPECT_THAT(parse_subject(of_size(4097), Strictness::lenient), FailsWith(Errc::json_limits));
}

TEST(ReadSubject, SUB_12_SingleValuesHaveLimitsOfTheirOwn) {
  const auto refused = [](const char* format, const char* name, std::string value) {
    return parse_subject(JsonObject{{"format", format}, {name, std::move(value)}});
  };
  const std::string domain = "@b.example";
  EXPECT_TRUE(refused("email", "email", std::string(310, 'a') + domain));
  EXPECT_THAT(refused("email", "email", std::string(311, 'a') + domain),
              FailsWith(Errc::json_limits));
  EXPECT_TRUE(refused("opaque", "id", std::string(2048, 'a')));
  EXPECT_THAT(refused("opaque", "id", std::string(2049, 'a')), FailsWith(Errc::json_limits));
  EXPECT_THAT(refused("phone_number", "phone_number", "+1" + std::string(60, ' ') + "206"),
              FailsWith(Errc::json_limits));
  JsonArray addresses(257, Json("1.1.1.1"));
  EXPECT_THAT(
      parse_subject(JsonObject{{"format", "ip-addresses"}, {"ip-addresses", std::move(addresses)}}),
      FailsWith(Errc::json_limits));
}

TEST(JudgeSubject, FindsInABuiltSubjectWhatReadingFindsInText) {
  Findings findings;
  judge_subject(email_subject("nobody"), "/sub_id", findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, Errc::subject_value);
  EXPECT_EQ(findings[0].path, "/sub_id/email");

  findings.clear();
  judge_subject(AliasesSubject{}, "", findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].path, "/identifiers");

  findings.clear();
  judge_subject(ComplexSubject{}, "", findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, Errc::subject_member);
}

TEST(JudgeSubject, FindsWhatOnlyAnApplicationCanBuild) {
  const auto codes = [](const Subject& subject) {
    Findings findings;
    judge_subject(subject, "", findings);
    std::vector<Errc> all;
    for (const Finding& finding : findings) all.push_back(finding.code);
    return all;
  };
  ComplexSubject twice;
  twice.members = {{"user", SubjectIdentifier(OpaqueSubject{"1", {}})},
                   {"user", SubjectIdentifier(OpaqueSubject{"2", {}})}};
  EXPECT_THAT(codes(twice), ElementsAre(Errc::json_duplicate));
  ComplexSubject named_format;
  named_format.members = {{"format", SubjectIdentifier(OpaqueSubject{"1", {}})}};
  EXPECT_THAT(codes(named_format), ElementsAre(Errc::json_duplicate));
  ComplexSubject no_text;
  no_text.members = {{"\xff", SubjectIdentifier(OpaqueSubject{"1", {}})}};
  EXPECT_THAT(codes(no_text), ElementsAre(Errc::subject_value));
  EXPECT_THAT(codes(opaque_subject("\xff")), ElementsAre(Errc::subject_value));
  EXPECT_THAT(codes(SubjectIdentifier(OtherSubject{"email", {}})),
              ElementsAre(Errc::subject_format));
  EXPECT_THAT(codes(opaque_subject(std::string(5000, 'x'))),
              ElementsAre(Errc::json_limits, Errc::json_limits));
  AliasesSubject doubled;
  doubled.identifiers = {OpaqueSubject{"1", {}}, OpaqueSubject{"1", {}}};
  EXPECT_THAT(codes(doubled), ElementsAre(Errc::subject_value));
}

TEST(JudgeSubject, CountsTheOctetsReadingCounts) {
  for (std::size_t length = 4000; length < 4100; ++length) {
    JsonObject extra{{"n", Json(std::string(length, 'x'))}};
    const Subject built = SubjectIdentifier(IpAddressesSubject{{"10.0.0.1"}, std::move(extra)});
    Findings findings;
    judge_subject(built, "", findings);
    const bool judged = !first_refusal(findings, Strictness::strict, Direction::received);
    EXPECT_EQ(judged, parse_subject(to_json(built)).has_value()) << length;
  }
}

TEST(ToJson, WhatAFormatDoesNotDescribeNeverReplacesWhatItDoes) {
  const Subject subject = SubjectIdentifier(
      OpaqueSubject{"1", JsonObject{{"id", "2"}, {"format", "x"}, {"note", "n"}}});
  EXPECT_EQ(to_text(to_json(subject)), R"({"format":"opaque","id":"1","note":"n"})");
}

TEST(PhoneNumberSubject, IsSentAsPlusAndDigits) {
  const auto subject = phone_number_subject("+1 (206) 555-0100");
  ASSERT_TRUE(subject);
  EXPECT_EQ(to_text(to_json(*subject)),
            R"({"format":"phone_number","phone_number":"+12065550100"})");
  EXPECT_THAT(phone_number_subject("206 555 0100"), FailsWith(Errc::subject_value));
}

// Covers: A-35.
TEST(IpAddressesSubject, AreSentInFull) {
  const auto subject = ip_addresses_subject({"10.0.0.1", "2001:DB8::1"});
  ASSERT_TRUE(subject);
  EXPECT_EQ(
      to_text(to_json(*subject)),
      R"({"format":"ip-addresses","ip-addresses":["10.0.0.1","2001:0db8:0000:0000:0000:0000:0000:0001"]})");
  EXPECT_THAT(ip_addresses_subject({"10.0.0.1", "host"}), FailsWith(Errc::subject_value));
  EXPECT_THAT(ip_addresses_subject({}), FailsWith(Errc::subject_value));
}

}  // namespace
}  // namespace tocsin
