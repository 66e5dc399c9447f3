#include "transmitter/tenant.h"

#include <gtest/gtest.h>

#include "loop/workers.h"
#include "support/matchers.h"
#include "transmitter/signer.h"

namespace tocsin::transmitter {
namespace {

using test::FailsWith;

class TenantTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Tenant>> open(TenantTerms terms) {
    return Tenant::open(std::move(terms), signer_);
  }

  loop::ThreadWorkers workers_{{.threads = 1}};
  Signer signer_{SigningKey::generate(Algorithm::ES256).value(), workers_};
};

TEST_F(TenantTest, SSF_7_1_03_RefusesWhatIsNoIssuer) {
  for (const char* issuer : {"http://h", "https://h/?a", "https://h/#a", "h", ""}) {
    EXPECT_THAT(open({.issuer = issuer}), FailsWith(Errc::config_invalid)) << issuer;
  }
  EXPECT_THAT(open({.issuer = "https://h", .push = false, .poll = false}),
              FailsWith(Errc::config_invalid));
}

TEST_F(TenantTest, SSF_7_1_06_EveryEndpointIsBelowTheIssuer) {
  const auto tenant = open({.issuer = "https://tr.example.com:8443/a/b/"}).value();
  const TransmitterMetadata metadata = tenant->metadata();
  EXPECT_EQ(metadata.issuer, "https://tr.example.com:8443/a/b/");
  const std::string base = "https://tr.example.com:8443/a/b";
  EXPECT_EQ(metadata.jwks_uri, base + "/jwks.json");
  EXPECT_EQ(metadata.configuration_endpoint, base + "/ssf/streams");
  EXPECT_EQ(metadata.status_endpoint, base + "/ssf/status");
  EXPECT_EQ(metadata.add_subject_endpoint, base + "/ssf/subjects/add");
  EXPECT_EQ(metadata.remove_subject_endpoint, base + "/ssf/subjects/remove");
  EXPECT_EQ(metadata.verification_endpoint, base + "/ssf/verification");
  EXPECT_EQ(tenant->poll_url("s1"), base + "/ssf/poll/s1");
  EXPECT_EQ(tenant->urls().path("/ssf/poll/s1"), "/a/b/ssf/poll/s1");
}

TEST_F(TenantTest, IOP_2_3_PublishesWhatTheProfileDemands) {
  const auto tenant = open({.issuer = "https://h"}).value();
  Findings findings;
  ASSERT_TRUE(read_metadata(to_json(tenant->metadata()), "https://h", findings));
  EXPECT_TRUE(findings.empty()) << findings[0].to_string();
}

TEST_F(TenantTest, SSF_7_1_09_SaysWhichSubjectsAreOnAStreamFromTheStart) {
  EXPECT_EQ(open({.issuer = "https://h"}).value()->metadata().default_subjects,
            DefaultSubjects::ALL);
  EXPECT_EQ(open({.issuer = "https://h", .default_subjects = DefaultSubjects::NONE})
                .value()
                ->metadata()
                .default_subjects,
            DefaultSubjects::NONE);
}

TEST_F(TenantTest, SSF_7_1_1_01_NamesOAuthAndWhatIsConfiguredBesideIt) {
  const auto tenant =
      open({.issuer = "https://h",
            .authorization_schemes = {{"urn:ietf:rfc:6749"}, {"urn:ietf:rfc:8705"}}})
          .value();
  const auto schemes = tenant->metadata().authorization_schemes;
  ASSERT_EQ(schemes.size(), 2U);
  EXPECT_EQ(schemes[0].spec_urn, "urn:ietf:rfc:6749");
  EXPECT_EQ(schemes[1].spec_urn, "urn:ietf:rfc:8705");
}

TEST_F(TenantTest, SSF_3_6_02_NamesCriticalMembers) {
  const auto tenant = open({.issuer = "https://h", .critical_subject_members = {"device"}}).value();
  EXPECT_EQ(tenant->metadata().critical_subject_members, std::vector<std::string>{"device"});
}

// Covers: A-29, SSF-8.1.1.1.1-02, SSF-8.1.1-05.
TEST_F(TenantTest, SEC_11_AudienceComesFromTheRegistration) {
  const auto tenant = open({.issuer = "https://h/a"}).value();
  const TenantKey acme{"https://as", "acme inc/1"};
  tenant->replace_receivers({{acme, {}}});
  EXPECT_EQ(tenant->aud_of(acme, "s1"), std::vector<std::string>{"https://h/a/acme%20inc%2F1/s1"});
  tenant->replace_receivers({{acme, {.aud = {"https://acme.example/ssf"}}}});
  EXPECT_EQ(tenant->aud_of(acme, "s1"), std::vector<std::string>{"https://acme.example/ssf"});
}

TEST_F(TenantTest, SEC_68_AReceiverThatIsGoneIsGoneAtOnce) {
  const auto tenant = open({.issuer = "https://h"}).value();
  const TenantKey acme{"https://as", "acme"};
  tenant->replace_receivers({{acme, {}}});
  EXPECT_NE(tenant->receiver(acme), nullptr);
  EXPECT_EQ(tenant->receiver({"https://other", "acme"}), nullptr);
  tenant->replace_receivers({});
  EXPECT_EQ(tenant->receiver(acme), nullptr);
}

}  // namespace
}  // namespace tocsin::transmitter
