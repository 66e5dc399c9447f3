#pragma once

#include "event/rule.h"
#include "event/shape.h"
#include "tocsin/events/risc.h"

namespace tocsin {

// RISC names the reasons of credential-compromise without a type: a map as in CAEP is sent, a text
// alone is taken as well (EV-112).
inline constexpr Rule risc_reason{.type_level = Level::policy, .alone_from = Strictness::strict};

template <>
struct Shape<risc::AccountCredentialChangeRequired> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/account-credential-change-required";
  static constexpr SubjectRule subject{};
};

template <>
struct Shape<risc::AccountPurged> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/account-purged";
  static constexpr SubjectRule subject{};
};

template <>
struct Shape<risc::AccountDisabled> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/account-disabled";
  static constexpr SubjectRule subject{};
  static void members(auto& io, auto& event) {
    io.section("RISC 1.0 2.3");
    io.optional("reason", event.reason, untyped);
  }
};

template <>
struct Shape<risc::AccountEnabled> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/account-enabled";
  static constexpr SubjectRule subject{};
};

template <>
struct Shape<risc::IdentifierChanged> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/identifier-changed";
  static constexpr SubjectRule subject{SubjectRule::Kind::email_or_phone, "RISC 1.0 2.5"};
  static void members(auto& io, auto& event) {
    io.section("RISC 1.0 2.5");
    io.optional("new-value", event.new_value, untyped);
  }
};

template <>
struct Shape<risc::IdentifierRecycled> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/identifier-recycled";
  static constexpr SubjectRule subject{SubjectRule::Kind::email_or_phone, "RISC 1.0 2.6"};
};

template <>
struct Shape<risc::CredentialCompromise> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/credential-compromise";
  static constexpr SubjectRule subject{};
  static void members(auto& io, auto& event) {
    io.section("RISC 1.0 2.7");
    io.required("credential_type", event.credential_type, filled);
    io.optional("event_timestamp", event.event_timestamp, anything);
    io.optional("reason_admin", event.reason_admin, risc_reason);
    io.optional("reason_user", event.reason_user, risc_reason);
  }
};

template <>
struct Shape<risc::OptIn> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/opt-in";
  static constexpr SubjectRule subject{};
};

template <>
struct Shape<risc::OptOutInitiated> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/opt-out-initiated";
  static constexpr SubjectRule subject{};
};

template <>
struct Shape<risc::OptOutCancelled> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/opt-out-cancelled";
  static constexpr SubjectRule subject{};
};

template <>
struct Shape<risc::OptOutEffective> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/opt-out-effective";
  static constexpr SubjectRule subject{};
};

template <>
struct Shape<risc::RecoveryActivated> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/recovery-activated";
  static constexpr SubjectRule subject{};
};

template <>
struct Shape<risc::RecoveryInformationChanged> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/recovery-information-changed";
  static constexpr SubjectRule subject{};
};

template <>
struct Shape<risc::SessionsRevoked> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/risc/event-type/sessions-revoked";
  static constexpr SubjectRule subject{};
};

}  // namespace tocsin
