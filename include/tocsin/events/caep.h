// Continuous Access Evaluation Profile 1.0, section 3. Type URIs are
// https://schemas.openid.net/secevent/caep/event-type/ and the name above each struct.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/events/common.h"
#include "tocsin/json.h"

namespace tocsin::caep {

// Closed (CAEP 2): what set the event off.
enum class InitiatingEntity : std::uint8_t { admin = 1, user, policy, system };
std::string_view wire_name(InitiatingEntity value) noexcept;

// Open (CAEP 3.3.1).
enum class CredentialType : std::uint8_t {
  password,
  pin,
  x509,
  fido2_platform,
  fido2_roaming,
  fido_u2f,
  verifiable_credential,
  phone_voice,
  phone_sms,
  app,
};
std::string_view wire_name(CredentialType value) noexcept;

// Closed (CAEP 3.3.1).
enum class ChangeType : std::uint8_t { create = 1, revoke, update, delete_ };
std::string_view wire_name(ChangeType value) noexcept;

// Open (CAEP 3.4.1): says what the names of the levels mean.
enum class AssuranceNamespace : std::uint8_t {
  RFC8176,
  RFC6711,
  ISO_IEC_29115,
  NIST_IAL,
  NIST_AAL,
  NIST_FAL,
};
std::string_view wire_name(AssuranceNamespace value) noexcept;

// Closed (CAEP 3.4.1).
enum class ChangeDirection : std::uint8_t { increase = 1, decrease };
std::string_view wire_name(ChangeDirection value) noexcept;

// Closed (CAEP 3.5.1).
enum class ComplianceStatus : std::uint8_t { compliant = 1, not_compliant };
std::string_view wire_name(ComplianceStatus value) noexcept;

// Open (CAEP 3.8.1): what kind of thing a risk level is about.
enum class Principal : std::uint8_t { USER, DEVICE, SESSION, TENANT, ORG_UNIT, GROUP };
std::string_view wire_name(Principal value) noexcept;

// Closed (CAEP 3.8.1).
enum class RiskLevel : std::uint8_t { LOW = 1, MEDIUM, HIGH };
std::string_view wire_name(RiskLevel value) noexcept;

// Members every CAEP event may have (CAEP 2), and those nobody described.
struct Common {
  std::optional<NumericDate> event_timestamp{};  // when it happened, not when the SET was made
  std::optional<InitiatingEntity> initiating_entity{};
  std::optional<LanguageMap> reason_admin{};  // for logs and auditors; never shown to the person
  std::optional<LanguageMap> reason_user{};   // fit to be shown to the person
  JsonObject extra{};
};

// session-revoked: every session that fits the whole subject is over.
struct SessionRevoked : Common {};

// token-claims-change: claims inside an issued token no longer have the value it shows.
struct TokenClaimsChange : Common {
  JsonObject claims{};  // required, at least one: claim name to new value; null is a value too
};

// credential-change
struct CredentialChange : Common {
  OpenValue<CredentialType> credential_type{};  // required
  ChangeType change_type{};                     // required
  std::optional<std::string> friendly_name{};
  std::optional<std::string> x509_issuer{};  // RFC 4514 text when we send it
  std::optional<std::string> x509_serial{};  // lower-case hexadecimal when we send it
  std::optional<std::string> fido2_aaguid{};
};

// assurance-level-change
struct AssuranceLevelChange : Common {
  OpenValue<AssuranceNamespace> namespace_{};   // required; `namespace` on the wire
  std::string current_level{};                  // required
  std::optional<std::string> previous_level{};  // absent: unknown to the transmitter (EV-72)
  std::optional<ChangeDirection> change_direction{};
};

// device-compliance-change
struct DeviceComplianceChange : Common {
  ComplianceStatus previous_status{};  // required
  ComplianceStatus current_status{};   // required
};

// session-established
struct SessionEstablished : Common {
  std::optional<std::string> fp_ua{};
  std::optional<std::string> acr{};
  std::optional<std::vector<std::string>> amr{};
  std::optional<std::string> ext_id{};
};

// session-presented
struct SessionPresented : Common {
  std::optional<std::string> fp_ua{};
  std::optional<std::string> ext_id{};
};

// risk-level-change
struct RiskLevelChange : Common {
  OpenValue<Principal> principal{};           // required
  RiskLevel current_level{};                  // required
  std::optional<RiskLevel> previous_level{};  // absent: unknown to the transmitter (EV-92)
  std::optional<std::string> risk_reason{};   // recommended
};

}  // namespace tocsin::caep
