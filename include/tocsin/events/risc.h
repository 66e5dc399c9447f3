// Risk Incident Sharing and Coordination 1.0, section 2. Type URIs are
// https://schemas.openid.net/secevent/risc/event-type/ and the name above each struct. RISC has no
// common members: those of CAEP are unknown here, but for credential-compromise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tocsin/events/caep.h"
#include "tocsin/events/common.h"
#include "tocsin/json.h"

namespace tocsin::risc {

// Open (RISC 2.3).
enum class DisabledReason : std::uint8_t { hijacking, bulk_account };
std::string_view wire_name(DisabledReason value) noexcept;

// account-credential-change-required: a change was demanded, not yet made.
struct AccountCredentialChangeRequired {
  JsonObject extra{};
};

// account-purged: gone for good.
struct AccountPurged {
  JsonObject extra{};
};

// account-disabled
struct AccountDisabled {
  std::optional<OpenValue<DisabledReason>> reason{};
  JsonObject extra{};
};

// account-enabled: undoes account-disabled, restores no session.
struct AccountEnabled {
  JsonObject extra{};
};

// identifier-changed: the subject has the old value and is an email or a phone number.
struct IdentifierChanged {
  std::optional<std::string> new_value{};  // `new-value` on the wire
  JsonObject extra{};
};

// identifier-recycled: the identifier belongs to another person now.
struct IdentifierRecycled {
  JsonObject extra{};
};

// credential-compromise
struct CredentialCompromise {
  OpenValue<caep::CredentialType> credential_type{};  // required
  std::optional<NumericDate> event_timestamp{};       // when it was found out
  std::optional<LanguageMap> reason_admin{};
  std::optional<LanguageMap> reason_user{};
  JsonObject extra{};
};

// opt-in
struct OptIn {
  JsonObject extra{};
};

// opt-out-initiated: events still flow, so that a hijacker cannot silence them.
struct OptOutInitiated {
  JsonObject extra{};
};

// opt-out-cancelled
struct OptOutCancelled {
  JsonObject extra{};
};

// opt-out-effective: the last event about this subject.
struct OptOutEffective {
  JsonObject extra{};
};

// recovery-activated
struct RecoveryActivated {
  JsonObject extra{};
};

// recovery-information-changed
struct RecoveryInformationChanged {
  JsonObject extra{};
};

// sessions-revoked. Deprecated: received, never sent; send caep::SessionRevoked (RISC 2.11).
struct SessionsRevoked {
  JsonObject extra{};
};

}  // namespace tocsin::risc
