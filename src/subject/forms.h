// What each format looks like on the wire, as a table: its name, its string members, and the
// section that defines it. Reading, writing, judging and keys are all made from it.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "tocsin/subject.h"

namespace tocsin::subject {

template <class T>
struct Member {
  std::string_view name;
  std::string T::* value;
};

// Form<T> has `format`, `section` and `members`: the string members, all required. `ip-addresses`
// has none of them, because its only member is an array.
template <class T>
struct Form;

template <>
struct Form<AccountSubject> {
  static constexpr std::string_view format = "account";
  static constexpr std::string_view section = "RFC 9493 3.2.1";
  static constexpr std::array members{Member<AccountSubject>{"uri", &AccountSubject::uri}};
};

template <>
struct Form<EmailSubject> {
  static constexpr std::string_view format = "email";
  static constexpr std::string_view section = "RFC 9493 3.2.2";
  static constexpr std::array members{Member<EmailSubject>{"email", &EmailSubject::email}};
};

template <>
struct Form<IssSubSubject> {
  static constexpr std::string_view format = "iss_sub";
  static constexpr std::string_view section = "RFC 9493 3.2.3";
  static constexpr std::array members{Member<IssSubSubject>{"iss", &IssSubSubject::iss},
                                      Member<IssSubSubject>{"sub", &IssSubSubject::sub}};
};

template <>
struct Form<OpaqueSubject> {
  static constexpr std::string_view format = "opaque";
  static constexpr std::string_view section = "RFC 9493 3.2.4";
  static constexpr std::array members{Member<OpaqueSubject>{"id", &OpaqueSubject::id}};
};

template <>
struct Form<PhoneNumberSubject> {
  static constexpr std::string_view format = "phone_number";
  static constexpr std::string_view section = "RFC 9493 3.2.5";
  static constexpr std::array members{
      Member<PhoneNumberSubject>{"phone_number", &PhoneNumberSubject::phone_number}};
};

template <>
struct Form<DidSubject> {
  static constexpr std::string_view format = "did";
  static constexpr std::string_view section = "RFC 9493 3.2.6";
  static constexpr std::array members{Member<DidSubject>{"url", &DidSubject::url}};
};

template <>
struct Form<UriSubject> {
  static constexpr std::string_view format = "uri";
  static constexpr std::string_view section = "RFC 9493 3.2.7";
  static constexpr std::array members{Member<UriSubject>{"uri", &UriSubject::uri}};
};

template <>
struct Form<JwtIdSubject> {
  static constexpr std::string_view format = "jwt_id";
  static constexpr std::string_view section = "SSF 1.0 3.5.1";
  static constexpr std::array members{Member<JwtIdSubject>{"iss", &JwtIdSubject::iss},
                                      Member<JwtIdSubject>{"jti", &JwtIdSubject::jti}};
};

template <>
struct Form<SamlAssertionIdSubject> {
  static constexpr std::string_view format = "saml_assertion_id";
  static constexpr std::string_view section = "SSF 1.0 3.5.2";
  static constexpr std::array members{
      Member<SamlAssertionIdSubject>{"issuer", &SamlAssertionIdSubject::issuer},
      Member<SamlAssertionIdSubject>{"assertion_id", &SamlAssertionIdSubject::assertion_id}};
};

template <>
struct Form<IpAddressesSubject> {
  static constexpr std::string_view format = "ip-addresses";
  static constexpr std::string_view section = "SSF 1.0 3.5.3";
  static constexpr std::array<Member<IpAddressesSubject>, 0> members{};
};

template <>
struct Form<ScimSubject> {
  static constexpr std::string_view format = "scim";
  static constexpr std::string_view section = "RFC 9967 2.1";
  static constexpr std::array members{Member<ScimSubject>{"uri", &ScimSubject::uri}};
};

// True if `format` is one of the names here, in any case and with - or _, or one that drafts used:
// nothing two parties may agree on for a format of their own (SUB-03, SUB-08).
bool is_taken_format(std::string_view format) noexcept;

inline constexpr std::string_view ip_addresses_member = "ip-addresses";
inline constexpr std::string_view aliases_format = "aliases";
inline constexpr std::string_view aliases_section = "RFC 9493 3.2.8";
inline constexpr std::string_view aliases_member = "identifiers";
inline constexpr std::string_view complex_format = "complex";
inline constexpr std::string_view complex_section = "SSF 1.0 3.3";

}  // namespace tocsin::subject
