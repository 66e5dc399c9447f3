#pragma once

#include "event/judge.h"
#include "event/rule.h"
#include "event/shape.h"
#include "tocsin/events/caep.h"

namespace tocsin {

// EV-20, EV-23.
inline constexpr Rule caep_reason{.alone_from = Strictness::interop};

void caep_common_members(auto& io, auto& event) {
  io.section("CAEP 1.0 2");
  io.optional("event_timestamp", event.event_timestamp, anything);
  io.optional("initiating_entity", event.initiating_entity, filled);
  io.optional("reason_admin", event.reason_admin, caep_reason);
  io.optional("reason_user", event.reason_user, caep_reason);
}

template <>
struct Shape<caep::SessionRevoked> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
  static constexpr SubjectRule subject{};
  static void members(auto& io, auto& event) { caep_common_members(io, event); }
  static void judge(Judge& judge, const caep::SessionRevoked& event) {
    judge.demand_reason(event.reason_admin, "CAEP Interoperability Profile 3.1");
  }
};

template <>
struct Shape<caep::TokenClaimsChange> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/caep/event-type/token-claims-change";
  static constexpr SubjectRule subject{};
  static void members(auto& io, auto& event) {
    io.section("CAEP 1.0 3.2.1");
    io.required("claims", event.claims, Rule{.value_level = Level::must});
    caep_common_members(io, event);
  }
};

template <>
struct Shape<caep::CredentialChange> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/caep/event-type/credential-change";
  static constexpr SubjectRule subject{};
  static void members(auto& io, auto& event) {
    io.section("CAEP 1.0 3.3.1");
    io.required("credential_type", event.credential_type, filled);
    io.required("change_type", event.change_type, filled);
    io.optional("friendly_name", event.friendly_name, anything);
    io.optional("x509_issuer", event.x509_issuer, filled);
    io.optional("x509_serial", event.x509_serial, filled);
    io.optional("fido2_aaguid", event.fido2_aaguid,
                Rule{.accepts = is_guid, .complaint = "not a GUID"});
    caep_common_members(io, event);
  }
  static void judge(Judge& judge, const caep::CredentialChange& event);
};

template <>
struct Shape<caep::AssuranceLevelChange> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/caep/event-type/assurance-level-change";
  static constexpr SubjectRule subject{};
  static void members(auto& io, auto& event) {
    io.section("CAEP 1.0 3.4.1");
    io.required("namespace", event.namespace_, filled);
    io.required("current_level", event.current_level, filled);
    io.optional("previous_level", event.previous_level, filled);
    io.optional("change_direction", event.change_direction, filled);
    caep_common_members(io, event);
  }
};

template <>
struct Shape<caep::DeviceComplianceChange> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change";
  static constexpr SubjectRule subject{};
  static void members(auto& io, auto& event) {
    io.section("CAEP 1.0 3.5.1");
    io.required("previous_status", event.previous_status, filled);
    io.required("current_status", event.current_status, filled);
    caep_common_members(io, event);
  }
  static void judge(Judge& judge, const caep::DeviceComplianceChange& event);
};

template <>
struct Shape<caep::SessionEstablished> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/caep/event-type/session-established";
  static constexpr SubjectRule subject{};
  static void members(auto& io, auto& event) {
    io.section("CAEP 1.0 3.6.1");
    io.optional("fp_ua", event.fp_ua, untyped);
    io.optional("acr", event.acr, filled);
    io.optional("amr", event.amr, Rule{.accepts = is_filled, .alone_from = Strictness::lenient});
    io.optional("ext_id", event.ext_id, untyped);
    caep_common_members(io, event);
  }
};

template <>
struct Shape<caep::SessionPresented> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/caep/event-type/session-presented";
  static constexpr SubjectRule subject{};
  static void members(auto& io, auto& event) {
    io.section("CAEP 1.0 3.7.1");
    io.optional("fp_ua", event.fp_ua, untyped);
    io.optional("ext_id", event.ext_id, untyped);
    caep_common_members(io, event);
  }
};

template <>
struct Shape<caep::RiskLevelChange> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/caep/event-type/risk-level-change";
  static constexpr SubjectRule subject{};
  static void members(auto& io, auto& event) {
    io.section("CAEP 1.0 3.8.1");
    io.required("principal", event.principal, filled);
    io.required("current_level", event.current_level, filled);
    io.optional("previous_level", event.previous_level, filled);
    io.optional("risk_reason", event.risk_reason, anything);
    caep_common_members(io, event);
  }
  static void judge(Judge& judge, const caep::RiskLevelChange& event) {
    judge.demand_reason(event.reason_admin, "CAEP Interoperability Profile 3.4");
  }
};

}  // namespace tocsin
