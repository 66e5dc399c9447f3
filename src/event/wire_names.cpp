// The wire names of every listed value, once: both directions read the same table.
#include <array>
#include <cstddef>

#include "tocsin/events/caep.h"
#include "tocsin/events/oauth.h"
#include "tocsin/events/risc.h"
#include "tocsin/events/scim.h"
#include "tocsin/events/ssf.h"

namespace tocsin {
namespace {

template <std::size_t Count>
struct Names {
  std::size_t first;  // the enumerator the first name belongs to
  std::array<std::string_view, Count> names;
};

// An open list starts at 0, a closed one at 1.
constexpr auto open(auto... names) {
  return Names<sizeof...(names)>{0, {names...}};
}
constexpr auto closed(auto... names) {
  return Names<sizeof...(names)>{1, {names...}};
}

template <class Enum>
constexpr auto names_of = open();
template <>
constexpr auto names_of<StreamStatus> = closed("enabled", "paused", "disabled");
template <>
constexpr auto names_of<caep::InitiatingEntity> = closed("admin", "user", "policy", "system");
template <>
constexpr auto names_of<caep::CredentialType> =
    open("password", "pin", "x509", "fido2-platform", "fido2-roaming", "fido-u2f",
         "verifiable-credential", "phone-voice", "phone-sms", "app");
template <>
constexpr auto names_of<caep::ChangeType> = closed("create", "revoke", "update", "delete");
template <>
constexpr auto names_of<caep::AssuranceNamespace> =
    open("RFC8176", "RFC6711", "ISO-IEC-29115", "NIST-IAL", "NIST-AAL", "NIST-FAL");
template <>
constexpr auto names_of<caep::ChangeDirection> = closed("increase", "decrease");
template <>
constexpr auto names_of<caep::ComplianceStatus> = closed("compliant", "not-compliant");
template <>
constexpr auto names_of<caep::Principal> =
    open("USER", "DEVICE", "SESSION", "TENANT", "ORG_UNIT", "GROUP");
template <>
constexpr auto names_of<caep::RiskLevel> = closed("LOW", "MEDIUM", "HIGH");
template <>
constexpr auto names_of<risc::DisabledReason> = open("hijacking", "bulk-account");
template <>
constexpr auto names_of<scim::Method> = closed("POST", "PUT", "PATCH", "DELETE");
template <>
constexpr auto names_of<oauth::TokenType> =
    open("access_token", "authorization_code", "refresh_token");
template <>
constexpr auto names_of<oauth::RevocationReason> =
    open("inactive", "too_many", "api", "user", "issuer");

template <class Enum>
std::string_view name_of(Enum value) noexcept {
  const std::size_t at = static_cast<std::size_t>(value) - names_of<Enum>.first;
  return at < names_of<Enum>.names.size() ? names_of<Enum>.names[at] : std::string_view();
}

}  // namespace

template <class Known>
std::optional<Known> parse_wire_name(std::string_view name) noexcept {
  for (std::size_t at = 0; at < names_of<Known>.names.size(); ++at) {
    if (names_of<Known>.names[at] == name) return static_cast<Known>(names_of<Known>.first + at);
  }
  return {};
}

// What follows gives each enumeration its two functions.
#define TOCSIN_LISTED(space, Enum)                         \
  std::string_view space::wire_name(Enum value) noexcept { \
    return name_of(value);                                 \
  }                                                        \
  template std::optional<space::Enum> parse_wire_name(std::string_view) noexcept;

std::string_view wire_name(StreamStatus value) noexcept {
  return name_of(value);
}
template std::optional<StreamStatus> parse_wire_name(std::string_view) noexcept;
TOCSIN_LISTED(caep, InitiatingEntity)
TOCSIN_LISTED(caep, CredentialType)
TOCSIN_LISTED(caep, ChangeType)
TOCSIN_LISTED(caep, AssuranceNamespace)
TOCSIN_LISTED(caep, ChangeDirection)
TOCSIN_LISTED(caep, ComplianceStatus)
TOCSIN_LISTED(caep, Principal)
TOCSIN_LISTED(caep, RiskLevel)
TOCSIN_LISTED(risc, DisabledReason)
TOCSIN_LISTED(scim, Method)
TOCSIN_LISTED(oauth, TokenType)
TOCSIN_LISTED(oauth, RevocationReason)

#undef TOCSIN_LISTED

}  // namespace tocsin
