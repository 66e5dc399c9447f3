// The rules of one event by itself: what is refused, how binding the rule is, what is mended.
#include <gmock/gmock.h>

#include <string>

#include "event/support.h"
#include "tocsin/event.h"

namespace tocsin {
namespace {

using test::caep_prefix;
using test::Found;
using test::judge;
using test::nothing;
using test::oauth_prefix;
using test::only;
using test::read;
using test::Reading;
using test::risc_prefix;
using test::scim_prefix;
using test::ssf_prefix;

const std::string session_revoked = caep_prefix + "session-revoked";
const std::string credential_change = caep_prefix + "credential-change";

TEST(ReadEvent, EV_01_RefusesAPayloadThatIsNoObject) {
  for (const std::string& type : {session_revoked, std::string("https://example.com/own")}) {
    for (const char* payload : {"null", "true", "\"\"", "[]", "1"}) {
      const Reading reading = read(type, payload);
      EXPECT_THAT(reading.findings, only(Found(Errc::events_structure, Level::must, "")))
          << payload;
      EXPECT_TRUE(reading.as<OtherEvent>().payload.empty());
      EXPECT_EQ(type_of(reading.event), type);
    }
  }
}

TEST(ReadEvent, EV_02_RefusesATypeThatIsNoUri) {
  for (const char* type : {"", "session-revoked", "not a uri"}) {
    EXPECT_THAT(read(type, "{}").findings, only(Found(Errc::events_structure, Level::must, "")))
        << type;
  }
}

TEST(ReadEvent, EV_03_KeepsAnUnknownTypeWholeAndDoesNotLookIntoIt) {
  const std::string payload = R"({"reason_admin":7,"subject":null,"event_timestamp":[]})";
  const Reading reading = read("https://example.com/own", payload);
  EXPECT_THAT(reading.findings, only(Found(Errc::event_unknown, Level::warn, "")));
  EXPECT_EQ(to_text(reading.as<OtherEvent>().payload), payload);
  EXPECT_EQ(to_text(to_json(reading.event)), payload);
}

TEST(ReadEvent, EV_17_TakesAnUnknownNameOfAStandardsBodyForASlip) {
  for (const char* type :
       {"https://schemas.openid.net/secevent/caep/event-type/session-revoked/",
        "http://schemas.openid.net/secevent/caep/event-type/session-revoked",
        "https://Schemas.OpenID.net/secevent/caep/event-type/session-revoked",
        "urn:ietf:params:SCIM:event:prov:activate", "urn:ietf:params:scim:event:prov:create"}) {
    EXPECT_THAT(read(type, "{}").findings, only(Found(Errc::event_unknown, Level::tx, ""))) << type;
  }
}

// Covers: SSF-3.1.3-01.
TEST(ReadEvent, EV_04_KeepsMembersNobodyKnows) {
  const std::string payload =
      R"({"note":{"b":[1,2.50,null],"a":"x"},"event_timestamp":1615304991,"zz":1e3,"ips":[]})";
  const Reading reading = read(session_revoked, payload);
  EXPECT_THAT(reading.findings, nothing());
  EXPECT_EQ(to_text(reading.as<caep::SessionRevoked>().extra),
            R"({"note":{"b":[1,2.50,null],"a":"x"},"zz":1e3,"ips":[]})");
  EXPECT_EQ(
      to_text(to_json(reading.event)),
      R"({"event_timestamp":1615304991,"note":{"b":[1,2.50,null],"a":"x"},"zz":1e3,"ips":[]})");
}

TEST(ReadEvent, EV_05_NamesEachMissingMember) {
  EXPECT_THAT(read(credential_change, "{}").findings,
              only(Found(Errc::event_missing, Level::must, "/credential_type"),
                   Found(Errc::event_missing, Level::must, "/change_type")));
  EXPECT_THAT(read(caep_prefix + "device-compliance-change", "{}").findings,
              only(Found(Errc::event_missing, Level::must, "/previous_status"),
                   Found(Errc::event_missing, Level::must, "/current_status")));
}

TEST(ReadEvent, EV_05_LeavesInExtraWhatItCannotRead) {
  const std::string payload =
      R"({"credential_type":["pin"],"change_type":"Create","friendly_name":{},"x509_serial":12})";
  const Reading reading = read(credential_change, payload);
  EXPECT_THAT(reading.findings, only(Found(Errc::event_type, Level::must, "/credential_type"),
                                     Found(Errc::event_value, Level::must, "/change_type"),
                                     Found(Errc::event_type, Level::must, "/friendly_name"),
                                     Found(Errc::event_type, Level::must, "/x509_serial")));
  EXPECT_EQ(to_text(reading.as<caep::CredentialChange>().extra), payload);
  EXPECT_EQ(to_text(to_json(reading.event)), payload);
}

TEST(ReadEvent, EV_06_RefusesNullForAbsent) {
  for (const char* name : {"event_timestamp", "initiating_entity", "reason_admin", "reason_user"}) {
    const std::string payload = "{\"" + std::string(name) + "\":null}";
    EXPECT_THAT(read(session_revoked, payload).findings,
                only(Found(Errc::event_type, Level::must, "/" + std::string(name))));
    EXPECT_THAT(read(session_revoked, payload, Strictness::interop).findings,
                testing::Contains(Found(Errc::event_type, Level::must, "/" + std::string(name))));
  }
}

TEST(ReadEvent, EV_36_MendsNullForAbsentInLenientOnly) {
  const Reading reading =
      read(ssf_prefix + "verification", R"({"state":null})", Strictness::lenient);
  EXPECT_THAT(reading.findings, only(Found(Errc::event_type, Level::warn, "/state")));
  EXPECT_EQ(reading.as<ssf::Verification>().state, std::nullopt);
  EXPECT_EQ(to_text(to_json(reading.event)), "{}");
  EXPECT_THAT(
      read(ssf_prefix + "stream-updated", R"({"status":null})", Strictness::lenient).findings,
      only(Found(Errc::event_type, Level::must, "/status")))
      << "a required member cannot be absent";
}

TEST(ReadEvent, EV_13_RefusesEmptyIdentifiersByPolicyButNotEmptyFreeTexts) {
  const Reading reading =
      read(credential_change,
           R"({"credential_type":"","change_type":"create","friendly_name":"","x509_issuer":""})");
  EXPECT_THAT(reading.findings, only(Found(Errc::event_value, Level::policy, "/credential_type"),
                                     Found(Errc::event_value, Level::policy, "/x509_issuer")));
  EXPECT_EQ(to_text(to_json(reading.event)),
            R"({"change_type":"create","friendly_name":"","x509_issuer":"","credential_type":""})");
}

TEST(ReadEvent, EV_14_WarnsOfMillisecondsAndConvertsThemInLenientOnly) {
  const std::string payload = R"({"event_timestamp":1615304991643.5})";
  for (const auto strictness : {Strictness::strict, Strictness::lenient}) {
    const Reading reading = read(session_revoked, payload, strictness);
    EXPECT_THAT(reading.findings,
                only(Found(Errc::warn_milliseconds, Level::warn, "/event_timestamp")));
    const NumericDate expected = strictness == Strictness::strict
                                     ? NumericDate{1615304991643, 500'000'000}
                                     : NumericDate{1615304991, 643'500'000};
    EXPECT_EQ(reading.as<caep::SessionRevoked>().event_timestamp, expected);
  }
  EXPECT_THAT(read(session_revoked, R"({"event_timestamp":99999999999})").findings, nothing());
  EXPECT_THAT(read(session_revoked, R"({"event_timestamp":1e11})").findings,
              only(Found(Errc::warn_milliseconds, Level::warn, "/event_timestamp")));
}

TEST(ReadEvent, EV_14_DoesNotTakeMicrosecondsForMilliseconds) {
  const Reading reading =
      read(session_revoked, R"({"event_timestamp":1615304991304991})", Strictness::lenient);
  EXPECT_THAT(reading.findings,
              only(Found(Errc::warn_milliseconds, Level::warn, "/event_timestamp")));
  EXPECT_EQ(reading.as<caep::SessionRevoked>().event_timestamp, (NumericDate{1615304991304991, 0}));
}

TEST(ReadEvent, EV_14_RefusesATimeThatDoesNotFit) {
  EXPECT_THAT(read(session_revoked, R"({"event_timestamp":1e400})").findings,
              only(Found(Errc::event_type, Level::must, "/event_timestamp")));
}

TEST(ReadEvent, EV_20_RefusesLanguageMapsThatAreNone) {
  const auto findings = [](const char* reason) {
    return read(session_revoked, R"({"reason_user":)" + std::string(reason) + "}").findings;
  };
  EXPECT_THAT(findings("{}"), only(Found(Errc::event_value, Level::must, "/reason_user")));
  EXPECT_THAT(findings(R"({"":"x"})"),
              only(Found(Errc::event_value, Level::must, "/reason_user/")));
  EXPECT_THAT(findings(R"({"en":"x","en_US":"y","*":"z"})"),
              only(Found(Errc::event_value, Level::must, "/reason_user/en_US"),
                   Found(Errc::event_value, Level::must, "/reason_user/*")));
  EXPECT_THAT(findings(R"({"en":"x","a/b":{}})"),
              only(Found(Errc::event_type, Level::must, "/reason_user/a~1b")));
  EXPECT_THAT(findings(R"(["en"])"), only(Found(Errc::event_type, Level::must, "/reason_user")));
  EXPECT_THAT(findings(R"({"en":"","es-410":"y","EN":"z"})"), nothing());
}

TEST(ReadEvent, EV_23_TakesAReasonAsAPlainStringFromInteropOn) {
  const std::string payload = R"({"reason_admin":"policy","reason_user":"see us"})";
  EXPECT_THAT(read(session_revoked, payload).findings,
              only(Found(Errc::event_type, Level::must, "/reason_admin"),
                   Found(Errc::event_type, Level::must, "/reason_user")));
  for (const auto strictness : {Strictness::interop, Strictness::lenient}) {
    const Reading reading = read(session_revoked, payload, strictness);
    EXPECT_THAT(reading.findings, only(Found(Errc::event_type, Level::tx, "/reason_admin"),
                                       Found(Errc::event_type, Level::tx, "/reason_user")));
    EXPECT_EQ(to_text(to_json(reading.event)),
              R"({"reason_admin":{"und":"policy"},"reason_user":{"und":"see us"}})")
        << "never sent as a string";
  }
}

// Covers: CAEP-01, IC-67.
TEST(ReadEvent, EV_25_InitiatingEntityIsClosed) {
  for (const char* entity : {"\"Admin\"", "\"robot\"", "\"\""}) {
    EXPECT_THAT(
        read(session_revoked, R"({"initiating_entity":)" + std::string(entity) + "}").findings,
        only(Found(Errc::event_value, Level::must, "/initiating_entity")));
  }
}

TEST(ReadEvent, EV_51_EV_66_InteropDemandsAReasonOfFourTypes) {
  const std::pair<std::string, std::string> types[] = {
      {"session-revoked", ""},
      {"credential-change", R"("credential_type":"pin","change_type":"create",)"},
      {"device-compliance-change",
       R"("previous_status":"compliant","current_status":"not-compliant",)"},
      {"risk-level-change", R"("principal":"USER","current_level":"LOW",)"},
  };
  const auto payload = [](const std::string& members, const std::string& reason) {
    return "{" + members + reason + R"("event_timestamp":1})";
  };
  for (const auto& [name, members] : types) {
    const std::string type = caep_prefix + name;
    const std::string none = payload(members, "");
    const std::string blank = payload(members, R"("reason_admin":{"en":"","de":""},)");
    const std::string unreadable = payload(members, R"("reason_admin":7,)");
    EXPECT_THAT(read(type, none, Strictness::interop).findings,
                only(Found(Errc::event_missing, Level::interop, "/reason_admin")));
    EXPECT_THAT(read(type, blank, Strictness::interop).findings,
                only(Found(Errc::event_value, Level::interop, "/reason_admin")));
    EXPECT_THAT(read(type, unreadable, Strictness::interop).findings,
                only(Found(Errc::event_type, Level::must, "/reason_admin")));
    EXPECT_THAT(
        read(type, payload(members, R"("reason_admin":{"en":"","de":"ja"},)"), Strictness::interop)
            .findings,
        nothing());
    for (const auto strictness : {Strictness::strict, Strictness::lenient}) {
      EXPECT_THAT(read(type, none, strictness).findings, nothing());
      EXPECT_THAT(read(type, blank, strictness).findings, nothing());
    }
  }
  for (const char* name : {"session-established", "session-presented"}) {
    EXPECT_THAT(read(caep_prefix + name, "{}", Strictness::interop).findings, nothing()) << name;
  }
}

TEST(ReadEvent, EV_55_ClaimsHasAtLeastOneMemberAndNullIsAValue) {
  const std::string type = caep_prefix + "token-claims-change";
  EXPECT_THAT(read(type, R"({"claims":{}})").findings,
              only(Found(Errc::event_value, Level::must, "/claims")));
  const Reading reading = read(type, R"({"claims":{"role":null}})");
  EXPECT_THAT(reading.findings, nothing());
  EXPECT_TRUE(reading.as<caep::TokenClaimsChange>().claims.find("role")->is_null());
}

TEST(ReadEvent, EV_61_MendsThePastTenseInLenientOnly) {
  const std::pair<const char*, caep::ChangeType> slips[] = {
      {"created", caep::ChangeType::create},
      {"revoked", caep::ChangeType::revoke},
      {"updated", caep::ChangeType::update},
      {"deleted", caep::ChangeType::delete_},
  };
  for (const auto& [text, meant] : slips) {
    const std::string payload =
        R"({"credential_type":"pin","change_type":")" + std::string(text) + "\"}";
    EXPECT_THAT(read(credential_change, payload).findings,
                only(Found(Errc::event_value, Level::must, "/change_type")));
    const Reading mended = read(credential_change, payload, Strictness::lenient);
    EXPECT_THAT(mended.findings, only(Found(Errc::event_value, Level::warn, "/change_type")));
    EXPECT_EQ(mended.as<caep::CredentialChange>().change_type, meant);
  }
  EXPECT_THAT(read(credential_change, R"({"credential_type":"pin","change_type":"Create"})",
                   Strictness::lenient)
                  .findings,
              only(Found(Errc::event_value, Level::must, "/change_type")))
      << "another slip than the known one";
}

TEST(ReadEvent, EV_62_AnUnlistedCredentialTypeSurvives) {
  const std::string payload = R"({"credential_type":"passkey","change_type":"create"})";
  const Reading reading = read(credential_change, payload);
  EXPECT_THAT(reading.findings, nothing());
  EXPECT_EQ(reading.as<caep::CredentialChange>().credential_type.text(), "passkey");
  EXPECT_EQ(to_text(to_json(reading.event)), payload);
}

TEST(ReadEvent, EV_64_TheAaguidIsAGuid) {
  const auto findings = [](const std::string& aaguid) {
    return read(credential_change, R"({"credential_type":"fido2-platform","change_type":"create",)"
                                   R"("fido2_aaguid":")" +
                                       aaguid + "\"}")
        .findings;
  };
  EXPECT_THAT(findings("accced6a-63f5-490a-9eea-E59BC1896CFC"), nothing());
  for (const char* aaguid :
       {"", "accced6a63f5490a9eeae59bc1896cfc", "accced6a-63f5-490a-9eea-e59bc1896cf",
        "gccced6a-63f5-490a-9eea-e59bc1896cfc", "accced6a-63f5-490a-9eea-e59bc1896cfc0"}) {
    EXPECT_THAT(findings(aaguid), only(Found(Errc::event_value, Level::policy, "/fido2_aaguid")))
        << aaguid;
  }
}

TEST(ReadEvent, EV_65_WarnsOfMembersThatDoNotFitTheCredential) {
  const auto findings = [](const std::string& type) {
    return read(credential_change,
                R"({"credential_type":")" + type +
                    R"(","change_type":"create","x509_issuer":"CN=CA","x509_serial":"1",)"
                    R"("fido2_aaguid":"accced6a-63f5-490a-9eea-e59bc1896cfc"})")
        .findings;
  };
  EXPECT_THAT(findings("password"), only(Found(Errc::warn_value, Level::warn, "/x509_issuer"),
                                         Found(Errc::warn_value, Level::warn, "/x509_serial"),
                                         Found(Errc::warn_value, Level::warn, "/fido2_aaguid")));
  EXPECT_THAT(findings("x509"), only(Found(Errc::warn_value, Level::warn, "/fido2_aaguid")));
  EXPECT_THAT(findings("fido-u2f"), only(Found(Errc::warn_value, Level::warn, "/x509_issuer"),
                                         Found(Errc::warn_value, Level::warn, "/x509_serial")));
  EXPECT_THAT(findings("smart-card"), nothing());
}

TEST(ReadEvent, EV_76_ComplianceIsSpelledAsListed) {
  const std::string type = caep_prefix + "device-compliance-change";
  EXPECT_THAT(
      read(type, R"({"previous_status":"compliant","current_status":"non-compliant"})").findings,
      only(Found(Errc::event_value, Level::must, "/current_status")));
  EXPECT_THAT(read(type, R"({"previous_status":true,"current_status":"compliant"})").findings,
              only(Found(Errc::event_type, Level::must, "/previous_status")));
}

TEST(ReadEvent, EV_77_WarnsOfAStatusThatDidNotChange) {
  EXPECT_THAT(read(caep_prefix + "device-compliance-change",
                   R"({"previous_status":"compliant","current_status":"compliant"})")
                  .findings,
              only(Found(Errc::warn_value, Level::warn, "/current_status")));
}

TEST(ReadEvent, EV_80_AmrIsAnArrayAndALoneStringIsMendedInLenientOnly) {
  const std::string type = caep_prefix + "session-established";
  EXPECT_THAT(read(type, R"({"amr":"pwd"})").findings,
              only(Found(Errc::event_type, Level::must, "/amr")));
  EXPECT_THAT(read(type, R"({"amr":"pwd"})", Strictness::interop).findings,
              only(Found(Errc::event_type, Level::must, "/amr")));
  EXPECT_THAT(read(type, R"({"amr":["pwd",2]})").findings,
              only(Found(Errc::event_type, Level::must, "/amr/1")));
  EXPECT_THAT(read(type, R"({"amr":["pwd",""]})").findings,
              only(Found(Errc::event_value, Level::policy, "/amr/1")));

  const Reading mended = read(type, R"({"amr":"pwd"})", Strictness::lenient);
  EXPECT_THAT(mended.findings, only(Found(Errc::event_type, Level::tx, "/amr")));
  EXPECT_EQ(to_text(to_json(mended.event)), R"({"amr":["pwd"]})");
}

TEST(ReadEvent, EV_82_TheTypesNoTextStatesAreOurPolicy) {
  for (const char* name : {"session-established", "session-presented"}) {
    EXPECT_THAT(read(caep_prefix + name, R"({"fp_ua":1,"ext_id":[]})").findings,
                only(Found(Errc::event_type, Level::policy, "/fp_ua"),
                     Found(Errc::event_type, Level::policy, "/ext_id")));
  }
}

TEST(ReadEvent, SessionPresentedHasNoAcr) {
  const Reading reading = read(caep_prefix + "session-presented", R"({"acr":1,"amr":"x"})");
  EXPECT_THAT(reading.findings, nothing());
  EXPECT_EQ(reading.as<caep::SessionPresented>().extra.size(), 2u);
}

TEST(ReadEvent, EV_91_RiskLevelsAreUpperCaseAndClosedButThePrincipalIsOpen) {
  const std::string type = caep_prefix + "risk-level-change";
  EXPECT_THAT(read(type, R"({"principal":"APPLICATION","current_level":"HIGH"})").findings,
              nothing());
  for (const char* level : {"low", "CRITICAL", ""}) {
    EXPECT_THAT(read(type, R"({"principal":"USER","current_level":")" + std::string(level) + "\"}")
                    .findings,
                only(Found(Errc::event_value, Level::must, "/current_level")));
  }
}

TEST(ReadEvent, RISC_2_HasNoCommonMembers) {
  const std::string payload = R"({"event_timestamp":"x","reason_admin":7})";
  const Reading reading = read(risc_prefix + "account-purged", payload);
  EXPECT_THAT(reading.findings, nothing());
  EXPECT_EQ(to_text(to_json(reading.event)), payload);
}

TEST(ReadEvent, EV_101_TheNewValueHasAHyphenInItsName) {
  const std::string type = risc_prefix + "identifier-changed";
  EXPECT_THAT(read(type, R"({"new-value":{}})").findings,
              only(Found(Errc::event_type, Level::policy, "/new-value")));
  EXPECT_THAT(read(type, R"({"new-value":""})").findings,
              only(Found(Errc::event_value, Level::policy, "/new-value")));
  const Reading other = read(type, R"({"new_value":"a@example.com"})");
  EXPECT_THAT(other.findings, nothing());
  EXPECT_EQ(other.as<risc::IdentifierChanged>().new_value, std::nullopt);
}

TEST(ReadEvent, EV_103_TheReasonOfAccountDisabledIsOpen) {
  const std::string type = risc_prefix + "account-disabled";
  const Reading reading = read(type, R"({"reason":"account-suspension"})");
  EXPECT_THAT(reading.findings, nothing());
  EXPECT_EQ(reading.as<risc::AccountDisabled>().reason->text(), "account-suspension");
  EXPECT_THAT(read(type, R"({"reason":["hijacking"]})").findings,
              only(Found(Errc::event_type, Level::policy, "/reason")));
}

TEST(ReadEvent, EV_112_CredentialCompromiseTakesAReasonAsAStringFromEveryone) {
  const std::string type = risc_prefix + "credential-compromise";
  const Reading reading = read(type, R"({"credential_type":"pin","reason_admin":"leak"})");
  EXPECT_THAT(reading.findings, only(Found(Errc::event_type, Level::tx, "/reason_admin")));
  EXPECT_EQ(reading.as<risc::CredentialCompromise>().reason_admin, LanguageMap("und", "leak"));
  EXPECT_THAT(read(type, R"({"credential_type":"pin","reason_admin":7})").findings,
              only(Found(Errc::event_type, Level::policy, "/reason_admin")));
  EXPECT_THAT(read(type, R"({"credential_type":"pin","initiating_entity":7})").findings, nothing());
}

TEST(ReadEvent, SC_04_FullHasDataAndNoticeHasAttributes) {
  for (const char* verb : {"create", "patch", "put"}) {
    const std::string full = scim_prefix + "prov:" + verb + ":full";
    const std::string notice = scim_prefix + "prov:" + verb + ":notice";
    EXPECT_THAT(read(full, "{}").findings, only(Found(Errc::event_missing, Level::must, "/data")));
    EXPECT_THAT(read(full, R"({"data":{"id":"1"},"attributes":["id"]})").findings,
                only(Found(Errc::event_value, Level::must, "/attributes")));
    EXPECT_THAT(read(notice, "{}").findings,
                only(Found(Errc::event_missing, Level::must, "/attributes")));
    EXPECT_THAT(read(notice, R"({"attributes":["id"],"data":{"id":"1"}})").findings,
                only(Found(Errc::event_value, Level::must, "/data")));
    EXPECT_THAT(read(full, R"({"data":[]})").findings,
                only(Found(Errc::event_type, Level::must, "/data")));
    EXPECT_THAT(read(notice, R"({"attributes":"id"})", Strictness::lenient).findings,
                only(Found(Errc::event_type, Level::must, "/attributes")));
    EXPECT_THAT(read(notice, R"({"attributes":["id",7]})").findings,
                only(Found(Errc::event_type, Level::must, "/attributes/1")));
  }
}

TEST(ReadEvent, SC_04_EmptyContentIsRefusedByPolicyAndSurvives) {
  const Reading full = read(scim_prefix + "prov:put:full", R"({"data":{}})");
  EXPECT_THAT(full.findings, only(Found(Errc::event_value, Level::policy, "/data")));
  EXPECT_EQ(to_text(to_json(full.event)), R"({"data":{}})");
  const Reading notice = read(scim_prefix + "prov:put:notice", R"({"attributes":[]})");
  EXPECT_THAT(notice.findings, only(Found(Errc::event_value, Level::policy, "/attributes")));
  EXPECT_EQ(to_text(to_json(notice.event)), R"({"attributes":[]})");
}

TEST(ReadEvent, SC_06_DeleteHasAnEmptyPayload) {
  EXPECT_THAT(read(scim_prefix + "prov:delete", "{}").findings, nothing());
  EXPECT_THAT(read(scim_prefix + "prov:delete", R"({"data":{"id":"1"},"version":"1"})").findings,
              only(Found(Errc::event_value, Level::must, "/data"),
                   Found(Errc::event_value, Level::must, "/version")));
}

TEST(ReadEvent, SC_09_AsyncResponseSaysMethodAndStatus) {
  const std::string type = scim_prefix + "misc:asyncresp";
  EXPECT_THAT(read(type, R"({"status":"204"})").findings,
              only(Found(Errc::event_missing, Level::must, "/method")));
  EXPECT_THAT(read(type, R"({"method":"GET","status":"204"})").findings,
              only(Found(Errc::event_value, Level::must, "/method")));
  EXPECT_THAT(read(type, R"({"method":"PUT","status":204})").findings,
              only(Found(Errc::event_type, Level::must, "/status")));
  for (const char* status : {"20", "2000", "999", "2xx"}) {
    EXPECT_THAT(
        read(type, R"({"method":"PUT","response":{},"status":")" + std::string(status) + "\"}")
            .findings,
        only(Found(Errc::event_value, Level::must, "/status")))
        << status;
  }
}

TEST(ReadEvent, SC_10_AFailureCarriesItsResponse) {
  const std::string type = scim_prefix + "misc:asyncresp";
  EXPECT_THAT(read(type, R"({"method":"PUT","status":"412"})").findings,
              only(Found(Errc::event_missing, Level::must, "/response")));
  EXPECT_THAT(read(type, R"({"method":"PUT","status":"412","response":"no"})").findings,
              only(Found(Errc::event_type, Level::must, "/response")));
  EXPECT_THAT(read(type, R"({"method":"PUT","status":"412","response":{}})").findings, nothing());
  EXPECT_THAT(read(type, R"({"method":"PUT","status":"201"})").findings, nothing());
}

TEST(ReadEvent, OA_02_TheListsOfTheDraftAreOpen) {
  const Reading reading = read(oauth_prefix + "tokens-revoked", R"({"reason":"merger"})");
  EXPECT_THAT(reading.findings, nothing());
  EXPECT_EQ(reading.as<oauth::TokensRevoked>().reason->text(), "merger");
}

TEST(ReadEvent, OAUTH_ATokenSubjectNamesAToken) {
  const std::string type = oauth_prefix + "token-revoked";
  EXPECT_THAT(read(type, "{}").findings, only(Found(Errc::event_missing, Level::must, "/subject")));
  EXPECT_THAT(read(type, R"({"subject":{"subject_type":"oauth_token","token":7}})").findings,
              only(Found(Errc::event_missing, Level::must, "/subject/token_type"),
                   Found(Errc::event_missing, Level::must, "/subject/token_identifier_alg"),
                   Found(Errc::event_type, Level::must, "/subject/token")));
}

TEST(TokenIdentifier, LooksIntoASubjectOfItsTypeOnly) {
  const Reading reading =
      read(oauth_prefix + "token-revoked",
           R"({"subject":{"subject_type":"oauth_token","token_type":"refresh_token",)"
           R"("token_identifier_alg":"prefix","token":"1//03abcdefghijk"}})");
  const auto token = oauth::token_identifier(reading.as<oauth::TokenRevoked>().subject);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->token_type, "refresh_token");
  EXPECT_EQ(token->token_identifier_alg, "prefix");
  EXPECT_EQ(token->token, "1//03abcdefghijk");
  EXPECT_FALSE(oauth::token_identifier({{"subject_type", "iss-sub"}, {"token", "x"}}));
  EXPECT_FALSE(oauth::token_identifier({{"subject_type", "oauth_token"}, {"token", "x"}}));
  EXPECT_FALSE(oauth::token_identifier({}));
}

TEST(ReadEvent, EVENTS_8_1_UnderstandsOldNamesInLenientOnly) {
  const std::pair<std::string, std::string> names[] = {
      {"https://schemas.openid.net/secevent/sse/event-type/verification",
       ssf_prefix + "verification"},
      {risc_prefix + "verification", ssf_prefix + "verification"},
      {"https://schemas.openid.net/secevent/sse/event-type/stream-updated",
       ssf_prefix + "stream-updated"},
      {caep_prefix + "stream-updated", ssf_prefix + "stream-updated"},
      {caep_prefix + "token-claims-changed", caep_prefix + "token-claims-change"},
      {caep_prefix + "credential-compromise", risc_prefix + "credential-compromise"},
      {caep_prefix + "account-disabled", risc_prefix + "account-disabled"},
      {caep_prefix + "account-purged", risc_prefix + "account-purged"},
      {"urn:ietf:params:SCIM:event:prov:activate", scim_prefix + "prov:activate"},
      {"urn:ietf:params:SCIM:event:misc:asyncResp", scim_prefix + "misc:asyncresp"},
      {scim_prefix + "misc:asyncResp", scim_prefix + "misc:asyncresp"},
  };
  for (const auto& [old_name, name] : names) {
    EXPECT_EQ(type_of(read(old_name, "{}").event), old_name);
    EXPECT_FALSE(is_known_event_type(old_name));
    const Reading reading = read(old_name, "{}", Strictness::lenient);
    EXPECT_EQ(type_of(reading.event), name);
    ASSERT_FALSE(reading.findings.empty());
    EXPECT_THAT(reading.findings.front(), Found(Errc::event_unknown, Level::warn, ""));
  }
  for (const char* none : {"urn:ietf:params:SCIM:event:prov:create", "urn:ietf:params:SCIM:event:",
                           "https://schemas.openid.net/secevent/caep/event-type/account-moved"}) {
    EXPECT_TRUE(std::holds_alternative<OtherEvent>(read(none, "{}", Strictness::lenient).event))
        << none;
  }
}

TEST(ParseEvent, ReturnsTheFirstFindingThatRefuses) {
  EXPECT_THAT(parse_event(session_revoked, test::json("{}")), test::Succeeds());
  EXPECT_THAT(parse_event(credential_change, test::json(R"({"credential_type":7})")),
              test::FailsWith(Errc::event_type));
  EXPECT_THAT(parse_event(session_revoked, test::json("{}"), Strictness::interop),
              test::FailsWith(Errc::event_missing));
  const auto error = parse_event(session_revoked, test::json(R"({"reason_user":"x"})"));
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().detail,
            "event.type at /events/https:~1~1schemas.openid.net~1secevent~1caep~1event-type"
            "~1session-revoked/reason_user: string instead of an object (CAEP 1.0 2)");
}

TEST(ParseEvent, PolicyIsNoReasonToRefuseALegacyPeer) {
  const auto payload = [] { return test::json(R"({"reason":["hijacking"]})"); };
  const std::string type = risc_prefix + "account-disabled";
  EXPECT_THAT(parse_event(type, payload()), test::FailsWith(Errc::event_type));
  const auto event = parse_event(type, payload(), Strictness::lenient);
  ASSERT_THAT(event, test::Succeeds());
  EXPECT_EQ(to_json(*event), payload());
}

TEST(JudgeEvent, VO_04_FindsInABuiltEventWhatAReceiverWouldFind) {
  EXPECT_THAT(judge(caep::SessionRevoked{}), nothing());
  EXPECT_THAT(judge(caep::SessionRevoked{}, Strictness::interop),
              only(Found(Errc::event_missing, Level::interop, "/reason_admin")));
  EXPECT_THAT(judge(caep::CredentialChange{}),
              only(Found(Errc::event_missing, Level::must, "/credential_type"),
                   Found(Errc::event_missing, Level::must, "/change_type")));
  EXPECT_THAT(judge(caep::TokenClaimsChange{}),
              only(Found(Errc::event_missing, Level::must, "/claims")));
  EXPECT_THAT(judge(scim::CreateNotice{}),
              only(Found(Errc::event_missing, Level::must, "/attributes")));
  EXPECT_THAT(judge(scim::CreateNotice{.attributes = {""}}),
              only(Found(Errc::event_value, Level::policy, "/attributes/0")));

  caep::SessionRevoked revoked;
  revoked.initiating_entity = caep::InitiatingEntity{};
  revoked.reason_admin = LanguageMap();
  revoked.reason_user = LanguageMap("en_US", "x");
  EXPECT_THAT(judge(revoked), only(Found(Errc::event_value, Level::must, "/initiating_entity"),
                                   Found(Errc::event_value, Level::must, "/reason_admin"),
                                   Found(Errc::event_value, Level::must, "/reason_user/en_US")));
}

TEST(JudgeEvent, AMemberHasOnePlace) {
  caep::SessionRevoked revoked;
  revoked.extra = {{"reason_admin", "a string"}, {"event_timestamp", 7}, {"own", 7}};
  EXPECT_THAT(judge(revoked), only(Found(Errc::event_type, Level::must, "/event_timestamp"),
                                   Found(Errc::event_type, Level::must, "/reason_admin")));
  revoked.event_timestamp = NumericDate{8, 0};
  EXPECT_EQ(to_text(to_json(revoked)), R"({"event_timestamp":8,"reason_admin":"a string","own":7})")
      << "no name is written twice";
}

TEST(JudgeEvent, AKnownTypeIsNotHiddenInAnOtherEvent) {
  EXPECT_THAT(judge(OtherEvent{session_revoked, {}}),
              only(Found(Errc::event_type, Level::must, "")));
  EXPECT_THAT(judge(OtherEvent{"https://example.com/own", {}}),
              only(Found(Errc::event_unknown, Level::warn, "")));
  EXPECT_THAT(judge(OtherEvent{session_revoked + "/", {}}),
              only(Found(Errc::event_unknown, Level::tx, "")));
  EXPECT_THAT(judge(OtherEvent{"own", {}}), only(Found(Errc::events_structure, Level::must, "")));
}

TEST(Finding, QuotesWhatCameFromOutsideCutAndEscaped) {
  const Reading reading = read(session_revoked, R"({"initiating_entity":"a\u0007\"\\\u00e9)" +
                                                    std::string(100, 'x') + "\"}");
  ASSERT_EQ(reading.findings.size(), 1u);
  EXPECT_EQ(reading.findings[0].detail,
            R"("a\x07\x22\x5c\xc3\xa9)" + std::string(58, 'x') + R"("... is not on the list)");
}

}  // namespace
}  // namespace tocsin
