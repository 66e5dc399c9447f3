// Every event type with all its members, as the specifications spell them. The texts are typed from
// the specifications, not from the code: a wrong type URI or member name shows here.
#include <gmock/gmock.h>

#include <set>
#include <string>
#include <vector>

#include "event/support.h"
#include "tocsin/event.h"

namespace tocsin {
namespace {

using test::caep_prefix;
using test::json;
using test::oauth_prefix;
using test::risc_prefix;
using test::scim_prefix;
using test::ssf_prefix;

struct Golden {
  std::string type;
  Event event;
  std::string payload;  // as sent, octet by octet
};

const JsonObject scim_user{{"schemas", JsonArray{"urn:ietf:params:scim:schemas:core:2.0:User"}},
                           {"id", "44f6142df96bd6ab61e7521d9"}};
const JsonObject token{{"subject_type", "oauth_token"},
                       {"token_type", "refresh_token"},
                       {"token_identifier_alg", "prefix"},
                       {"token", "1//03abcdefghijk"}};
const std::string scim_user_text =
    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"44f6142df96bd6ab61e7521d9"})";
const std::string token_text = R"({"subject_type":"oauth_token","token_type":"refresh_token",)"
                               R"("token_identifier_alg":"prefix","token":"1//03abcdefghijk"})";

caep::Common common() {
  return {.event_timestamp = NumericDate{1615304991, 500'000'000},
          .initiating_entity = caep::InitiatingEntity::policy,
          .reason_admin = LanguageMap("en", "Landspeed Policy Violation"),
          .reason_user = LanguageMap("de", "Zu schnell")};
}
const std::string common_text =
    R"("event_timestamp":1615304991.5,"initiating_entity":"policy",)"
    R"("reason_admin":{"en":"Landspeed Policy Violation"},"reason_user":{"de":"Zu schnell"}})";

std::vector<Golden> goldens() {
  using enum caep::CredentialType;
  std::vector<Golden> all;
  const auto add = [&all](std::string type, Event event, std::string payload) {
    all.push_back({std::move(type), std::move(event), std::move(payload)});
  };

  add(ssf_prefix + "verification", ssf::Verification{.state = "VGhpcyBpcw=="},
      R"({"state":"VGhpcyBpcw=="})");
  add(ssf_prefix + "stream-updated",
      ssf::StreamUpdated{.status = StreamStatus::paused, .reason = "License is not valid"},
      R"({"status":"paused","reason":"License is not valid"})");

  add(caep_prefix + "session-revoked", caep::SessionRevoked{common()}, "{" + common_text);
  add(caep_prefix + "token-claims-change",
      caep::TokenClaimsChange{common(), {{"role", "ro-admin"}, {"dept", nullptr}}},
      R"({"claims":{"role":"ro-admin","dept":null},)" + common_text);
  add(caep_prefix + "credential-change",
      caep::CredentialChange{common(), fido2_roaming, caep::ChangeType::delete_, "Jane's USB key",
                             "CN=CA", "1f2e", "accced6a-63f5-490a-9eea-e59bc1896cfc"},
      R"({"credential_type":"fido2-roaming","change_type":"delete",)"
      R"("friendly_name":"Jane's USB key","x509_issuer":"CN=CA","x509_serial":"1f2e",)"
      R"("fido2_aaguid":"accced6a-63f5-490a-9eea-e59bc1896cfc",)" +
          common_text);
  add(caep_prefix + "assurance-level-change",
      caep::AssuranceLevelChange{common(), caep::AssuranceNamespace::NIST_AAL, "nist-aal2",
                                 "nist-aal1", caep::ChangeDirection::increase},
      R"({"namespace":"NIST-AAL","current_level":"nist-aal2","previous_level":"nist-aal1",)"
      R"("change_direction":"increase",)" +
          common_text);
  add(caep_prefix + "device-compliance-change",
      caep::DeviceComplianceChange{common(), caep::ComplianceStatus::compliant,
                                   caep::ComplianceStatus::not_compliant},
      R"({"previous_status":"compliant","current_status":"not-compliant",)" + common_text);
  add(caep_prefix + "session-established",
      caep::SessionEstablished{common(), "abb0b6e7", "AAL2", std::vector<std::string>{"otp"},
                               "12a"},
      R"({"fp_ua":"abb0b6e7","acr":"AAL2","amr":["otp"],"ext_id":"12a",)" + common_text);
  add(caep_prefix + "session-presented", caep::SessionPresented{common(), "abb0b6e7", "12345"},
      R"({"fp_ua":"abb0b6e7","ext_id":"12345",)" + common_text);
  add(caep_prefix + "risk-level-change",
      caep::RiskLevelChange{common(), caep::Principal::USER, caep::RiskLevel::LOW,
                            caep::RiskLevel::HIGH, "PASSWORD_FOUND_IN_DATA_BREACH"},
      R"({"principal":"USER","current_level":"LOW","previous_level":"HIGH",)"
      R"("risk_reason":"PASSWORD_FOUND_IN_DATA_BREACH",)" +
          common_text);

  add(risc_prefix + "account-credential-change-required", risc::AccountCredentialChangeRequired{},
      "{}");
  add(risc_prefix + "account-purged", risc::AccountPurged{}, "{}");
  add(risc_prefix + "account-disabled",
      risc::AccountDisabled{.reason = risc::DisabledReason::bulk_account},
      R"({"reason":"bulk-account"})");
  add(risc_prefix + "account-enabled", risc::AccountEnabled{}, "{}");
  add(risc_prefix + "identifier-changed", risc::IdentifierChanged{.new_value = "new@example.com"},
      R"({"new-value":"new@example.com"})");
  add(risc_prefix + "identifier-recycled", risc::IdentifierRecycled{}, "{}");
  add(risc_prefix + "credential-compromise",
      risc::CredentialCompromise{.credential_type = password,
                                 .event_timestamp = NumericDate{1508184000, 0},
                                 .reason_admin = LanguageMap("en", "Found in a dump"),
                                 .reason_user = LanguageMap("en", "Change it")},
      R"({"credential_type":"password","event_timestamp":1508184000,)"
      R"("reason_admin":{"en":"Found in a dump"},"reason_user":{"en":"Change it"}})");
  add(risc_prefix + "opt-in", risc::OptIn{}, "{}");
  add(risc_prefix + "opt-out-initiated", risc::OptOutInitiated{}, "{}");
  add(risc_prefix + "opt-out-cancelled", risc::OptOutCancelled{}, "{}");
  add(risc_prefix + "opt-out-effective", risc::OptOutEffective{}, "{}");
  add(risc_prefix + "recovery-activated", risc::RecoveryActivated{}, "{}");
  add(risc_prefix + "recovery-information-changed", risc::RecoveryInformationChanged{}, "{}");
  add(risc_prefix + "sessions-revoked", risc::SessionsRevoked{}, "{}");

  const std::string full =
      R"({"data":)" + scim_user_text + R"(,"version":"W/\"a330bc54f0671c9\""})";
  const std::string notice = R"({"attributes":["id","name.familyName"],"version":"W/\"a3\""})";
  const std::vector<std::string> attributes{"id", "name.familyName"};
  add(scim_prefix + "feed:add", scim::FeedAdd{}, "{}");
  add(scim_prefix + "feed:remove", scim::FeedRemove{}, "{}");
  add(scim_prefix + "prov:create:full",
      scim::CreateFull{.data = scim_user, .version = R"(W/"a330bc54f0671c9")"}, full);
  add(scim_prefix + "prov:create:notice",
      scim::CreateNotice{.attributes = attributes, .version = R"(W/"a3")"}, notice);
  add(scim_prefix + "prov:patch:full",
      scim::PatchFull{.data = scim_user, .version = R"(W/"a330bc54f0671c9")"}, full);
  add(scim_prefix + "prov:patch:notice",
      scim::PatchNotice{.attributes = attributes, .version = R"(W/"a3")"}, notice);
  add(scim_prefix + "prov:put:full",
      scim::PutFull{.data = scim_user, .version = R"(W/"a330bc54f0671c9")"}, full);
  add(scim_prefix + "prov:put:notice",
      scim::PutNotice{.attributes = attributes, .version = R"(W/"a3")"}, notice);
  add(scim_prefix + "prov:delete", scim::Delete{}, "{}");
  add(scim_prefix + "prov:activate", scim::Activate{}, "{}");
  add(scim_prefix + "prov:deactivate", scim::Deactivate{}, "{}");
  add(scim_prefix + "misc:asyncresp",
      scim::AsyncResponse{.method = scim::Method::DELETE,
                          .status = "412",
                          .bulk_id = "qwerty",
                          .version = R"(W/"oY4m4wn58tkVjJxK")",
                          .location = "https://example.com/v2/Users/92b725cd",
                          .response = JsonObject{{"status", "412"}}},
      R"({"method":"DELETE","status":"412","bulkId":"qwerty","version":"W/\"oY4m4wn58tkVjJxK\"",)"
      R"("location":"https://example.com/v2/Users/92b725cd","response":{"status":"412"}})");

  const JsonObject account{{"subject_type", "iss-sub"}, {"iss", "https://idp"}, {"sub", "7375"}};
  const std::string account_text = R"({"subject_type":"iss-sub","iss":"https://idp","sub":"7375"})";
  add(oauth_prefix + "token-issued", oauth::TokenIssued{.subject = token, .token_subject = account},
      R"({"subject":)" + token_text + R"(,"token_subject":)" + account_text + "}");
  add(oauth_prefix + "token-revoked",
      oauth::TokenRevoked{
          .subject = token, .token_subject = account, .reason = oauth::RevocationReason::too_many},
      R"({"subject":)" + token_text + R"(,"token_subject":)" + account_text +
          R"(,"reason":"too_many"})");
  add(oauth_prefix + "tokens-revoked",
      oauth::TokensRevoked{.subject = account, .reason = oauth::RevocationReason::issuer},
      R"({"subject":)" + account_text + R"(,"reason":"issuer"})");
  add(oauth_prefix + "client-disabled", oauth::ClientDisabled{}, "{}");
  add(oauth_prefix + "client-enabled", oauth::ClientEnabled{}, "{}");
  add(oauth_prefix + "client-credential-changed", oauth::ClientCredentialChanged{}, "{}");
  return all;
}

// Covers: IOP-2.2-01.
TEST(Golden, EveryTypeIsWrittenAsItsSpecificationSpellsIt) {
  for (const Golden& golden : goldens()) {
    EXPECT_EQ(type_of(golden.event), golden.type);
    EXPECT_EQ(to_text(to_json(golden.event)), golden.payload) << golden.type;
  }
}

TEST(Golden, EveryTypeIsReadIntoItsOwnStructWithNothingLeftOver) {
  for (const Golden& golden : goldens()) {
    const test::Reading reading = test::read(golden.type, golden.payload, Strictness::interop);
    EXPECT_EQ(reading.event.index(), golden.event.index()) << golden.type;
    std::visit(
        [&](const auto& event) {
          if constexpr (requires { event.extra; }) EXPECT_TRUE(event.extra.empty()) << golden.type;
        },
        reading.event);
    EXPECT_EQ(to_json(reading.event), json(golden.payload)) << golden.type;
  }
}

TEST(Golden, AnAllMembersEventHasNoFault) {
  for (const Golden& golden : goldens()) {
    // The one golden that mixes a certificate's members with an authenticator's.
    if (std::holds_alternative<caep::CredentialChange>(golden.event)) continue;
    EXPECT_THAT(test::read(golden.type, golden.payload, Strictness::interop).findings,
                test::nothing())
        << golden.type;
    EXPECT_THAT(test::judge(golden.event, Strictness::interop), test::nothing()) << golden.type;
  }
}

TEST(Registry, KnowsFortyTwoTypesAndTheGoldensAreThose) {
  std::set<std::string> types;
  for (const Golden& golden : goldens()) types.insert(golden.type);
  EXPECT_EQ(types.size(), 42u);

  const auto known = known_event_types();
  EXPECT_EQ(known.size(), 42u);
  EXPECT_EQ(std::set<std::string>(known.begin(), known.end()), types);
  for (const std::string& type : types) EXPECT_TRUE(is_known_event_type(type)) << type;
}

TEST(Registry, EV_02_ComparesTypesOctetByOctet) {
  for (const Golden& golden : goldens()) {
    EXPECT_FALSE(is_known_event_type(golden.type + "/"));
    EXPECT_FALSE(is_known_event_type(golden.type.substr(0, golden.type.size() - 1)));
    EXPECT_FALSE(is_known_event_type(golden.type.substr(1)));
    for (std::size_t at = 0; at < golden.type.size(); ++at) {
      std::string other = golden.type;
      other[at] = static_cast<char>(other[at] ^ 0x20);  // the other case, for letters
      EXPECT_FALSE(is_known_event_type(other)) << other;
    }
  }
  for (const char* other : {"", "x", "verification", "session-revoked"}) {
    EXPECT_FALSE(is_known_event_type(other)) << other;
  }
}

}  // namespace
}  // namespace tocsin
