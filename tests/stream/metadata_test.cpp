#include <gmock/gmock.h>

#include "build.h"
#include "support/fixtures.h"
#include "support/matchers.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin {
namespace {

using test::FailsWith;
using test::json;
using test::shown;
using testing::ElementsAre;

TEST(MetadataUrl, SSF_7_2_1_02_InsertsTheWellKnownPart) {
  EXPECT_EQ(metadata_url("https://h").value(), "https://h/.well-known/ssf-configuration");
  EXPECT_EQ(metadata_url("https://h/").value(), "https://h/.well-known/ssf-configuration");
  EXPECT_EQ(metadata_url("https://h/a").value(), "https://h/.well-known/ssf-configuration/a");
  EXPECT_EQ(metadata_url("https://h/a/").value(), "https://h/.well-known/ssf-configuration/a");
  EXPECT_EQ(metadata_url("https://h/a/b").value(), "https://h/.well-known/ssf-configuration/a/b");
  EXPECT_EQ(metadata_url("https://h/a//").value(), "https://h/.well-known/ssf-configuration/a/");
  EXPECT_EQ(metadata_url("https://h:8443/a").value(),
            "https://h:8443/.well-known/ssf-configuration/a");
  EXPECT_EQ(metadata_url("https://[::1]").value(), "https://[::1]/.well-known/ssf-configuration");
}

TEST(MetadataUrl, SSF_7_2_01_OnlyHttpsIssuersHaveOne) {
  for (const char* issuer :
       {"", "http://h", "h", "https://", "https://h?a", "https://h#a", "https://h/a b", "urn:x"}) {
    EXPECT_THAT(metadata_url(issuer), FailsWith(Errc::metadata_value)) << issuer;
  }
}

TEST(SpecVersion, IOP_2_3_1_02_ABareVersionFollowsItsDrafts) {
  const char* in_order[] = {"1_0-ID1", "1_0-ID2", "1_0-ID3", "1_0-ID10", "1_0",
                            "1_1-ID1", "1_1",     "1_10",    "2_0"};
  for (std::size_t i = 1; i < std::size(in_order); ++i) {
    EXPECT_LT(parse_spec_version(in_order[i - 1]).value(), parse_spec_version(in_order[i]).value())
        << in_order[i];
  }
}

TEST(SpecVersion, HasAnUnderscore) {
  for (const char* text : {"", "1", "1.0", "1_", "_0", "1_0-", "1_0-ID", "1_0-id1", "1_0-ID1x",
                           "1_0 ", " 1_0", "-1_0", "1_-1", "99999999999_0"}) {
    EXPECT_EQ(parse_spec_version(text), std::nullopt) << text;
  }
}

Json metadata(const char* name = nullptr, Json value = {}) {
  JsonObject object = *test::read_json_fixture("ssf/metadata-response.json").as_object();
  if (name != nullptr && value.is_null()) object.erase(name);
  if (name != nullptr && !value.is_null()) object.insert_or_assign(name, std::move(value));
  return object;
}

std::vector<std::string> found(const Json& json) {
  Findings findings;
  read_metadata(json, "", findings);
  return shown(findings);
}

// Covers: A-34.
TEST(Metadata, SSF_7_2_4_02_TheIssuerIsComparedOctetByOctet) {
  EXPECT_TRUE(parse_metadata(metadata(), "https://tr.example.com"));
  for (const char* issuer : {"https://tr.example.com/", "https://TR.example.com", "https://x"}) {
    EXPECT_THAT(parse_metadata(metadata(), issuer), FailsWith(Errc::claim_issuer)) << issuer;
    EXPECT_THAT(parse_metadata(metadata(), issuer, Strictness::lenient),
                FailsWith(Errc::claim_issuer));
  }
}

TEST(Metadata, SSF_7_1_06_EveryEndpointIsHttps) {
  for (const char* name :
       {"jwks_uri", "configuration_endpoint", "status_endpoint", "add_subject_endpoint",
        "remove_subject_endpoint", "verification_endpoint"}) {
    const std::string path = "/" + std::string(name);
    EXPECT_THAT(found(metadata(name, "http://tr.example.com/x")),
                ElementsAre("metadata.value " + path));
    EXPECT_THAT(found(metadata(name, "https://u:p@tr.example.com/x")),
                ElementsAre("metadata.value " + path));
    EXPECT_THAT(found(metadata(name, 7)), testing::Contains("metadata.type " + path));
  }
}

TEST(Metadata, IOP_2_3_WhatTheProfileDemandsIsDemandedUnderItOnly) {
  for (const char* name : {"spec_version", "jwks_uri", "delivery_methods_supported",
                           "configuration_endpoint", "status_endpoint", "verification_endpoint"}) {
    EXPECT_TRUE(parse_metadata(metadata(name), "")) << name;
    EXPECT_THAT(parse_metadata(metadata(name), "", Strictness::interop),
                FailsWith(Errc::metadata_missing))
        << name;
  }
  EXPECT_TRUE(parse_metadata(metadata("authorization_schemes"), ""));
  EXPECT_THAT(parse_metadata(metadata("authorization_schemes"), "", Strictness::interop),
              FailsWith(Errc::metadata_value));
  EXPECT_TRUE(parse_metadata(metadata("add_subject_endpoint"), "", Strictness::interop));
}

TEST(Metadata, IOP_2_3_1_01_OldDraftsAreRefusedUnderTheProfile) {
  EXPECT_THAT(parse_metadata(metadata("spec_version", "1_0-ID1"), "", Strictness::interop),
              FailsWith(Errc::metadata_value));
  EXPECT_TRUE(parse_metadata(metadata("spec_version", "1_0-ID3"), "", Strictness::interop));
  EXPECT_TRUE(parse_metadata(metadata("spec_version", "1_1"), "", Strictness::interop));
  EXPECT_TRUE(parse_metadata(metadata("spec_version", "1_0-ID1"), ""));
  EXPECT_THAT(parse_metadata(metadata("spec_version", "1.0"), ""), FailsWith(Errc::metadata_value));
}

TEST(Metadata, ReportsEveryFindingWithItsPath) {
  EXPECT_THAT(
      found(json(R"({"spec_version":"1_0","issuer":"https://t.example",
      "jwks_uri":"https://t.example/jwks","delivery_methods_supported":["urn:ietf:rfc:8935","x y"],
      "configuration_endpoint":"https://t.example/c","status_endpoint":"https://t.example/s",
      "verification_endpoint":"https://t.example/v","critical_subject_members":["user",""],
      "authorization_schemes":[{"spec_urn":"urn:ietf:rfc:6749"},{"spec_urn":"https://x"},7,{}],
      "default_subjects":1})")),
      ElementsAre("metadata.value /delivery_methods_supported/1",
                  "metadata.value /critical_subject_members/1",
                  "metadata.value /authorization_schemes/1/spec_urn",
                  "metadata.type /authorization_schemes/2",
                  "metadata.missing /authorization_schemes/3", "metadata.type /default_subjects"));
}

TEST(Metadata, SSF_7_2_3_02_OtherMembersAreKept) {
  JsonObject object = *metadata("x_vendor", JsonObject{{"a", 1}}).as_object();
  object.insert_or_assign(
      "authorization_schemes",
      JsonArray{JsonObject{{"spec_urn", "urn:ietf:rfc:6749"}, {"token_endpoint", "x"}}});
  const auto read = parse_metadata(object, "");
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), Json(object));
}

TEST(Metadata, SSF_7_2_3_03_EmptyMembersAreLeftOut) {
  EXPECT_EQ(to_text(to_json(TransmitterMetadata{.issuer = "https://t.example"})),
            R"({"issuer":"https://t.example"})");
}

TEST(Metadata, IsAnObject) {
  EXPECT_THAT(parse_metadata(json("[]"), ""), FailsWith(Errc::metadata_type));
}

}  // namespace
}  // namespace tocsin
