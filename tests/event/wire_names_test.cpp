// The lists of values, typed from the specifications, in both directions.
#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tocsin/events/caep.h"
#include "tocsin/events/oauth.h"
#include "tocsin/events/risc.h"
#include "tocsin/events/scim.h"
#include "tocsin/events/ssf.h"

namespace tocsin {
namespace {

template <class Enum>
void expect_list(const std::vector<std::pair<Enum, std::string>>& list) {
  for (const auto& [value, name] : list) {
    EXPECT_EQ(wire_name(value), name);
    EXPECT_EQ(parse_wire_name<Enum>(name), value) << name;
  }
  const auto beyond = static_cast<Enum>(static_cast<int>(list.back().first) + 1);
  EXPECT_EQ(wire_name(beyond), "") << "the list is longer than the specification's";
  for (const char* none : {"", "nothing of the kind"}) {
    EXPECT_EQ(parse_wire_name<Enum>(none), std::nullopt);
  }
}

TEST(WireNames, EV_07_AreThoseOfTheSpecifications) {
  expect_list<StreamStatus>({{StreamStatus::enabled, "enabled"},
                             {StreamStatus::paused, "paused"},
                             {StreamStatus::disabled, "disabled"}});
  using enum caep::InitiatingEntity;
  expect_list<caep::InitiatingEntity>(
      {{admin, "admin"}, {user, "user"}, {policy, "policy"}, {system, "system"}});
  using enum caep::CredentialType;
  expect_list<caep::CredentialType>({{password, "password"},
                                     {pin, "pin"},
                                     {x509, "x509"},
                                     {fido2_platform, "fido2-platform"},
                                     {fido2_roaming, "fido2-roaming"},
                                     {fido_u2f, "fido-u2f"},
                                     {verifiable_credential, "verifiable-credential"},
                                     {phone_voice, "phone-voice"},
                                     {phone_sms, "phone-sms"},
                                     {app, "app"}});
  using enum caep::ChangeType;
  expect_list<caep::ChangeType>(
      {{create, "create"}, {revoke, "revoke"}, {update, "update"}, {delete_, "delete"}});
  using enum caep::AssuranceNamespace;
  expect_list<caep::AssuranceNamespace>({{RFC8176, "RFC8176"},
                                         {RFC6711, "RFC6711"},
                                         {ISO_IEC_29115, "ISO-IEC-29115"},
                                         {NIST_IAL, "NIST-IAL"},
                                         {NIST_AAL, "NIST-AAL"},
                                         {NIST_FAL, "NIST-FAL"}});
  using enum caep::ChangeDirection;
  expect_list<caep::ChangeDirection>({{increase, "increase"}, {decrease, "decrease"}});
  using enum caep::ComplianceStatus;
  expect_list<caep::ComplianceStatus>({{compliant, "compliant"}, {not_compliant, "not-compliant"}});
  using enum caep::Principal;
  expect_list<caep::Principal>({{USER, "USER"},
                                {DEVICE, "DEVICE"},
                                {SESSION, "SESSION"},
                                {TENANT, "TENANT"},
                                {ORG_UNIT, "ORG_UNIT"},
                                {GROUP, "GROUP"}});
  using enum caep::RiskLevel;
  expect_list<caep::RiskLevel>({{LOW, "LOW"}, {MEDIUM, "MEDIUM"}, {HIGH, "HIGH"}});
  using enum risc::DisabledReason;
  expect_list<risc::DisabledReason>({{hijacking, "hijacking"}, {bulk_account, "bulk-account"}});
  using enum scim::Method;
  expect_list<scim::Method>({{POST, "POST"}, {PUT, "PUT"}, {PATCH, "PATCH"}, {DELETE, "DELETE"}});
  using enum oauth::TokenType;
  expect_list<oauth::TokenType>({{access_token, "access_token"},
                                 {authorization_code, "authorization_code"},
                                 {refresh_token, "refresh_token"}});
  using Reason = oauth::RevocationReason;
  expect_list<Reason>({{Reason::inactive, "inactive"},
                       {Reason::too_many, "too_many"},
                       {Reason::api, "api"},
                       {Reason::user, "user"},
                       {Reason::issuer, "issuer"}});
}

TEST(WireNames, TheUnfilledValueOfAClosedListIsOnNone) {
  EXPECT_EQ(wire_name(StreamStatus{}), "");
  EXPECT_EQ(wire_name(caep::InitiatingEntity{}), "");
  EXPECT_EQ(wire_name(caep::ChangeType{}), "");
  EXPECT_EQ(wire_name(caep::ChangeDirection{}), "");
  EXPECT_EQ(wire_name(caep::ComplianceStatus{}), "");
  EXPECT_EQ(wire_name(caep::RiskLevel{}), "");
  EXPECT_EQ(wire_name(scim::Method{}), "");
}

TEST(OpenValue, EV_62_KeepsATextThatIsOnNoList) {
  const OpenValue<caep::CredentialType> listed = caep::CredentialType::fido_u2f;
  EXPECT_EQ(listed.text(), "fido-u2f");
  EXPECT_EQ(listed.known(), caep::CredentialType::fido_u2f);

  const OpenValue<caep::CredentialType> own(std::string("passkey"));
  EXPECT_EQ(own.text(), "passkey");
  EXPECT_EQ(own.known(), std::nullopt);
  EXPECT_NE(own, listed);
  EXPECT_EQ(OpenValue<caep::CredentialType>(std::string("fido-u2f")), listed);
}

}  // namespace
}  // namespace tocsin
