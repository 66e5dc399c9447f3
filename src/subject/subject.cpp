// Subjects as values: building them and writing them.
#include "tocsin/subject.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "base/ip_address.h"
#include "subject/forms.h"
#include "subject/syntax.h"

namespace tocsin {
namespace {

using subject::Form;

// An object that starts with its format and has room for `members` more.
JsonObject with_format(std::string_view format, std::size_t members) {
  JsonObject object;
  object.reserve(members + 1);
  object.append("format", Json(format));
  return object;
}

// What a format does not describe never replaces what it does.
void append_extra(JsonObject& object, const JsonObject& extra) {
  for (const JsonMember& member : extra) {
    if (object.find(member.name) == nullptr) object.append(member.name, member.value);
  }
}

template <class T>
Json write(const T& identifier) {
  JsonObject object = with_format(Form<T>::format, 2 + identifier.extra.size());
  for (const auto& member : Form<T>::members) {
    object.append(std::string(member.name), Json(identifier.*member.value));
  }
  if constexpr (std::is_same_v<T, IpAddressesSubject>) {
    JsonArray addresses(identifier.ip_addresses.begin(), identifier.ip_addresses.end());
    object.append(std::string(subject::ip_addresses_member), Json(std::move(addresses)));
  }
  append_extra(object, identifier.extra);
  return object;
}

Json write(const OtherSubject& identifier) {
  return identifier.json;
}

Json write(const AliasesSubject& aliases) {
  JsonArray identifiers;
  identifiers.reserve(aliases.identifiers.size());
  for (const SubjectIdentifier& identifier : aliases.identifiers) {
    identifiers.push_back(to_json(identifier));
  }
  JsonObject object = with_format(subject::aliases_format, 1 + aliases.extra.size());
  object.append(std::string(subject::aliases_member), Json(std::move(identifiers)));
  append_extra(object, aliases.extra);
  return object;
}

Json write(const SubjectIdentifier& identifier) {
  return std::visit([](const auto& known) { return write(known); }, identifier);
}

Json write(const ComplexSubject& complex) {
  JsonObject object =
      with_format(subject::complex_format, complex.members.size() + complex.extra.size());
  for (const ComplexSubject::Member& member : complex.members) {
    object.append(member.name, to_json(member.subject));
  }
  append_extra(object, complex.extra);
  return object;
}

std::string_view format_name(const OtherSubject& identifier) {
  return identifier.format;
}
template <class T>
std::string_view format_name(const T&) {
  return Form<T>::format;
}

}  // namespace

const SimpleSubject* ComplexSubject::find(std::string_view name) const noexcept {
  for (const Member& member : members) {
    if (member.name == name) return &member.subject;
  }
  return nullptr;
}

bool is_ssf_subject_member(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 7> names{"user",   "device",   "session", "application",
                                                  "tenant", "org_unit", "group"};
  return std::ranges::find(names, name) != names.end();
}

std::string_view format_of(const SubjectIdentifier& subject) noexcept {
  return std::visit([](const auto& known) { return format_name(known); }, subject);
}

std::string_view format_of(const Subject& subject) noexcept {
  if (const auto* identifier = std::get_if<SubjectIdentifier>(&subject)) {
    return format_of(*identifier);
  }
  return std::holds_alternative<AliasesSubject>(subject) ? subject::aliases_format
                                                         : subject::complex_format;
}

Subject email_subject(std::string email) {
  return SubjectIdentifier(EmailSubject{std::move(email), {}});
}

Subject iss_sub_subject(std::string iss, std::string sub) {
  return SubjectIdentifier(IssSubSubject{std::move(iss), std::move(sub), {}});
}

Subject opaque_subject(std::string id) {
  return SubjectIdentifier(OpaqueSubject{std::move(id), {}});
}

Result<Subject> phone_number_subject(std::string_view phone_number) {
  auto canonical = subject::canonical_phone_number(phone_number);
  if (!canonical) return Error(Errc::subject_value, "not an E.164 number with its leading +");
  return Subject(SubjectIdentifier(PhoneNumberSubject{std::move(*canonical), {}}));
}

Result<Subject> ip_addresses_subject(const std::vector<std::string>& addresses) {
  IpAddressesSubject identifier;
  for (const std::string& text : addresses) {
    const auto address = parse_ip_address(text);
    if (!address) return Error(Errc::subject_value, "not an IPv4 or IPv6 address");
    identifier.ip_addresses.push_back(to_text(*address));
  }
  if (identifier.ip_addresses.empty()) return Error(Errc::subject_value, "no address");
  return Subject(SubjectIdentifier(std::move(identifier)));
}

Json to_json(const SubjectIdentifier& subject) {
  return write(subject);
}

Json to_json(const SimpleSubject& subject) {
  return std::visit([](const auto& simple) { return write(simple); }, subject);
}

Json to_json(const Subject& subject) {
  return std::visit([](const auto& any) { return write(any); }, subject);
}

std::string_view find_critical(const Subject& subject, std::span<const std::string> unprocessable) {
  const auto* complex = std::get_if<ComplexSubject>(&subject);
  if (complex == nullptr) return {};
  for (const std::string& name : unprocessable) {
    if (complex->find(name) != nullptr || complex->extra.find(name) != nullptr) return name;
  }
  return {};
}

}  // namespace tocsin
