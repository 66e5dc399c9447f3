// Subjects as values: building them and writing them.
#include "tocsin/subject.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "base/ip_address.h"
#include "subject/forms.h"
#include "subject/syntax.h"
#include "subject/write.h"

namespace tocsin {
namespace {

using subject::Form;

// What a format does not describe never replaces what it does.
template <class IsDescribed>
void write_extra(const JsonObject& extra, JsonSink& sink, const IsDescribed& is_described) {
  for (const JsonMember& member : extra) {
    if (member.name == "format" || is_described(member.name)) continue;
    sink.name(member.name);
    sink.value(member.value);
  }
}

template <class T>
void write(const T& identifier, JsonSink& sink) {
  sink.begin_object();
  sink.member("format", Form<T>::format);
  for (const auto& member : Form<T>::members) {
    sink.member(member.name, identifier.*member.value);
  }
  if constexpr (std::is_same_v<T, IpAddressesSubject>) {
    sink.name(subject::ip_addresses_member);
    sink.begin_array();
    for (const std::string& address : identifier.ip_addresses) sink.string(address);
    sink.end_array();
  }
  write_extra(identifier.extra, sink, [](std::string_view name) {
    if (std::is_same_v<T, IpAddressesSubject> && name == subject::ip_addresses_member) return true;
    return std::ranges::any_of(Form<T>::members,
                               [name](const auto& member) { return member.name == name; });
  });
  sink.end_object();
}

void write(const OtherSubject& identifier, JsonSink& sink) {
  sink.value(identifier.json);
}

void write(const SubjectIdentifier& identifier, JsonSink& sink) {
  std::visit([&sink](const auto& known) { write(known, sink); }, identifier);
}

void write(const AliasesSubject& aliases, JsonSink& sink) {
  sink.begin_object();
  sink.member("format", subject::aliases_format);
  sink.name(subject::aliases_member);
  sink.begin_array();
  for (const SubjectIdentifier& identifier : aliases.identifiers) write(identifier, sink);
  sink.end_array();
  write_extra(aliases.extra, sink,
              [](std::string_view name) { return name == subject::aliases_member; });
  sink.end_object();
}

void write(const ComplexSubject& complex, JsonSink& sink) {
  sink.begin_object();
  sink.member("format", subject::complex_format);
  for (const ComplexSubject::Member& member : complex.members) {
    sink.name(member.name);
    std::visit([&sink](const auto& simple) { write(simple, sink); }, member.subject);
  }
  write_extra(complex.extra, sink,
              [&complex](std::string_view name) { return complex.find(name) != nullptr; });
  sink.end_object();
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

void write_json(const Subject& subject, JsonSink& sink) {
  std::visit([&sink](const auto& any) { write(any, sink); }, subject);
}

Json to_json(const SubjectIdentifier& subject) {
  JsonTreeSink tree;
  write(subject, tree);
  return std::move(tree).take();
}

Json to_json(const SimpleSubject& subject) {
  JsonTreeSink tree;
  std::visit([&tree](const auto& simple) { write(simple, tree); }, subject);
  return std::move(tree).take();
}

Json to_json(const Subject& subject) {
  JsonTreeSink tree;
  write_json(subject, tree);
  return std::move(tree).take();
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
