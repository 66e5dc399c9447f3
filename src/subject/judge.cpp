#include "subject/judge.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/ip_address.h"
#include "base/uri.h"
#include "base/utf8.h"
#include "subject/forms.h"
#include "subject/syntax.h"

namespace tocsin::subject {
namespace {

// Limits of single values (SUB-12); subject_octets_max bounds the whole.
constexpr std::size_t value_octets_max = 2048;
constexpr std::size_t email_octets_max = 320;
constexpr std::size_t phone_octets_max = 64;
constexpr std::size_t addresses_max = 256;

bool judge_count(std::size_t count, const JsonPath& path, Findings& findings) {
  if (count <= subject_members_max) return true;
  add(findings, Errc::json_limits, Level::must, path, "SUB-12", "there are too many");
  return false;
}

// One value at its place.
class ValueJudge {
 public:
  ValueJudge(std::string_view text, std::string_view name, const JsonPath& parent,
             std::string_view section, Findings& findings)
      : text_(text), path_(parent.member(name)), section_(section), findings_(findings) {}

  // What holds for every value. False if that was enough to say.
  bool usable(Level when_empty = Level::must, std::size_t octets_max = value_octets_max) {
    if (text_.empty()) return refuse(when_empty, "it is empty");
    if (text_.size() > octets_max) {
      add(findings_, Errc::json_limits, Level::policy, path_, "SUB-12", "the value is too long");
      return false;
    }
    if (!is_utf8(text_)) return refuse(Level::must, "it is not UTF-8");
    return true;
  }

  void demand(bool legal, Level level, const char* reason) {
    if (!legal) refuse(level, reason);
  }

  // For values whose syntax allows any character.
  void demand_printable() {
    if (!has_control_character(text_)) return;
    add(findings_, Errc::subject_value, Level::policy, path_, "SUB-13",
        "it has a control character");
  }

  void demand_string_or_uri() {
    if (!is_string_or_uri(text_)) {
      refuse(Level::must, "it has a colon but is not a URI");
    } else {
      demand_printable();
    }
  }

  void warn(Errc code, const char* reason) {
    add(findings_, code, Level::warn, path_, section_, reason);
  }

 private:
  bool refuse(Level level, const char* reason) {
    add(findings_, Errc::subject_value, level, path_, section_, reason);
    return false;
  }

  std::string_view text_;
  JsonPath path_;
  std::string_view section_;
  Findings& findings_;
};

// Judges the values of one identifier, format by format.
class IdentifierJudge {
 public:
  IdentifierJudge(Place place, const JsonPath& path, Findings& findings)
      : place_(place), path_(path), findings_(findings) {}

  void operator()(const AccountSubject& account) {
    auto uri = value<AccountSubject>(account.uri, "uri");
    if (uri.usable()) {
      uri.demand(canonical_account(account.uri).has_value(), Level::must,
                 "it is not an acct URI: acct:user@host");
    }
    extra(account);
  }

  void operator()(const EmailSubject& subject) {
    auto email = value<EmailSubject>(subject.email, "email");
    if (email.usable(Level::must, email_octets_max)) {
      email.demand(is_addr_spec(subject.email), Level::must, "it is not a bare e-mail address");
    }
    extra(subject);
  }

  void operator()(const IssSubSubject& subject) {
    auto iss = value<IssSubSubject>(subject.iss, "iss");
    if (iss.usable()) iss.demand_string_or_uri();
    auto sub = value<IssSubSubject>(subject.sub, "sub");
    if (sub.usable()) sub.demand_string_or_uri();
    extra(subject);
  }

  void operator()(const OpaqueSubject& subject) {
    auto id = value<OpaqueSubject>(subject.id, "id");
    if (id.usable()) id.demand_printable();
    extra(subject);
  }

  void operator()(const PhoneNumberSubject& subject) {
    auto number = value<PhoneNumberSubject>(subject.phone_number, "phone_number");
    if (number.usable(Level::must, phone_octets_max) &&
        !is_strict_phone_number(subject.phone_number)) {
      if (canonical_phone_number(subject.phone_number)) {
        number.warn(Errc::warn_phone, "it has more than + and digits");
      } else {
        number.demand(false, Level::must, "it is not an E.164 number with its leading +");
      }
    }
    extra(subject);
  }

  void operator()(const DidSubject& subject) {
    auto url = value<DidSubject>(subject.url, "url");
    if (url.usable()) url.demand(is_did_url(subject.url), Level::must, "it is not a DID URL");
    extra(subject);
  }

  void operator()(const UriSubject& subject) {
    auto uri = value<UriSubject>(subject.uri, "uri");
    if (uri.usable()) uri.demand(is_uri(subject.uri), Level::must, "it is not a URI");
    extra(subject);
  }

  void operator()(const JwtIdSubject& subject) {
    auto iss = value<JwtIdSubject>(subject.iss, "iss");
    if (iss.usable(Level::policy)) iss.demand_string_or_uri();
    auto jti = value<JwtIdSubject>(subject.jti, "jti");
    if (jti.usable(Level::policy)) jti.demand_printable();
    extra(subject);
  }

  void operator()(const SamlAssertionIdSubject& subject) {
    auto issuer = value<SamlAssertionIdSubject>(subject.issuer, "issuer");
    if (issuer.usable(Level::policy)) issuer.demand_printable();
    auto id = value<SamlAssertionIdSubject>(subject.assertion_id, "assertion_id");
    if (id.usable(Level::policy)) {
      id.demand(is_nc_name(subject.assertion_id), Level::policy, "it is not an xs:ID");
    }
    extra(subject);
  }

  void operator()(const IpAddressesSubject& subject) {
    constexpr std::string_view section = Form<IpAddressesSubject>::section;
    const JsonPath list = path_.member(ip_addresses_member);
    if (subject.ip_addresses.empty()) {
      add(findings_, Errc::subject_value, Level::policy, list, section, "there is no address");
    } else if (subject.ip_addresses.size() > addresses_max) {
      add(findings_, Errc::json_limits, Level::policy, list, "SUB-12", "too many addresses");
    }
    for (std::size_t i = 0; i < subject.ip_addresses.size(); ++i) {
      if (parse_ip_address(subject.ip_addresses[i])) continue;
      add(findings_, Errc::subject_value, Level::must, list.element(i), section,
          "it is not an IPv4 or IPv6 address");
    }
    extra(subject);
  }

  // Further members are SCIM attributes, which the format describes (RFC 9967 2.1).
  void operator()(const ScimSubject& subject) {
    auto uri = value<ScimSubject>(subject.uri, "uri");
    if (uri.usable()) {
      uri.demand(is_scim_path(subject.uri), Level::must,
                 "it is not a path relative to the base URI");
    }
  }

  // What two parties agreed on is theirs to judge; its name must not look like one that is taken.
  void operator()(const OtherSubject& subject) {
    if (subject.format == aliases_format) {
      add(findings_, Errc::subject_nesting, Level::must, path_, aliases_section,
          "aliases inside another subject's aliases");
    } else if (subject.format == complex_format) {
      const bool in_aliases = place_ == Place::alias;
      add(findings_, Errc::subject_nesting, in_aliases ? Level::policy : Level::must, path_,
          in_aliases ? "SSF 1.0 3.2" : complex_section, "a complex subject inside another subject");
    } else if (is_taken_format(subject.format)) {
      add(findings_, Errc::subject_format, Level::must, path_.member("format"), "RFC 9493 3",
          "it is another spelling of a registered format, or one from before RFC 9493");
    }
  }

 private:
  template <class T>
  ValueJudge value(std::string_view text, std::string_view name) {
    return {text, name, path_, Form<T>::section, findings_};
  }

  template <class T>
  void extra(const T& subject) {
    judge_extra(subject.extra, Form<T>::section, path_, findings_);
  }

  Place place_;
  const JsonPath& path_;
  Findings& findings_;
};

// The octets a subject has on the wire, without making the text.
class Measure {
 public:
  template <class T>
  std::size_t operator()(const T& identifier) const {
    std::size_t octets = named(Form<T>::format, identifier.extra);
    for (const auto& member : Form<T>::members) {
      octets += member.name.size() + (identifier.*member.value).size();
    }
    if constexpr (std::is_same_v<T, IpAddressesSubject>) {
      octets += ip_addresses_member.size();
      for (const std::string& address : identifier.ip_addresses) octets += address.size();
    }
    return octets;
  }
  std::size_t operator()(const OtherSubject& identifier) const {
    return octets_of(identifier.json);
  }
  std::size_t operator()(const SubjectIdentifier& identifier) const {
    return std::visit(*this, identifier);
  }
  std::size_t operator()(const AliasesSubject& aliases) const {
    std::size_t octets = named(aliases_format, aliases.extra) + aliases_member.size();
    for (const SubjectIdentifier& identifier : aliases.identifiers) octets += (*this)(identifier);
    return octets;
  }
  std::size_t operator()(const ComplexSubject& complex) const {
    std::size_t octets = named(complex_format, complex.extra);
    for (const ComplexSubject::Member& member : complex.members) {
      octets += member.name.size() + std::visit(*this, member.subject);
    }
    return octets;
  }

 private:
  static std::size_t named(std::string_view format, const JsonObject& extra) {
    return std::string_view("format").size() + format.size() + octets_of(extra);
  }
};

}  // namespace

void add(Findings& findings, Errc code, Level level, const JsonPath& path, std::string_view section,
         std::string detail) {
  findings.push_back({code, level, path.text(), section, std::move(detail)});
}

void judge(const SubjectIdentifier& identifier, Place place, const JsonPath& path,
           Findings& findings) {
  std::visit(IdentifierJudge(place, path, findings), identifier);
}

void judge(const AliasesSubject& aliases, const JsonPath& path, Findings& findings) {
  const JsonPath list = path.member(aliases_member);
  JsonArray identifiers;
  for (std::size_t i = 0; i < aliases.identifiers.size(); ++i) {
    judge(aliases.identifiers[i], Place::alias, list.element(i), findings);
    identifiers.push_back(to_json(aliases.identifiers[i]));
  }
  judge_list(identifiers, list, findings);
  judge_extra(aliases.extra, aliases_section, path, findings);
}

void judge(const ComplexSubject& complex, const JsonPath& path, Findings& findings) {
  judge_members(complex.members.size() + complex.extra.size(), path, findings);
  const auto has_name = [](std::string_view name) {
    return [name](const ComplexSubject::Member& other) { return other.name == name; };
  };
  for (auto member = complex.members.begin(); member != complex.members.end(); ++member) {
    const JsonPath at = path.member(member->name);
    if (member->name == "format" ||
        std::find_if(complex.members.begin(), member, has_name(member->name)) != member) {
      add(findings, Errc::json_duplicate, Level::must, at, complex_section,
          "the name occurs twice");
    }
    if (!is_utf8(member->name)) {
      add(findings, Errc::subject_value, Level::must, path, complex_section,
          "a member's name is not UTF-8");
    }
    if (const auto* aliases = std::get_if<AliasesSubject>(&member->subject)) {
      judge(*aliases, at, findings);
    } else {
      judge(std::get<SubjectIdentifier>(member->subject), Place::complex_member, at, findings);
    }
  }
  for (const JsonMember& member : complex.extra) {
    add(findings, Errc::subject_member_type, Level::must, path.member(member.name), complex_section,
        "a member of a complex subject is a subject");
  }
}

void judge_extra(const JsonObject& extra, std::string_view section, const JsonPath& path,
                 Findings& findings) {
  for (const JsonMember& member : extra) {
    add(findings, Errc::subject_extra, Level::tx, path.member(member.name), section,
        "the format does not describe it");
  }
}

bool judge_list(const JsonArray& identifiers, const JsonPath& list, Findings& findings) {
  if (identifiers.empty()) {
    add(findings, Errc::subject_value, Level::must, list, aliases_section,
        "there is no identifier");
    return false;
  }
  if (!judge_count(identifiers.size(), list, findings)) return false;
  for (std::size_t i = 1; i < identifiers.size(); ++i) {
    const auto earlier = identifiers.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(identifiers.begin(), earlier, identifiers[i]) == earlier) continue;
    add(findings, Errc::subject_value, Level::should, list.element(i), aliases_section,
        "it stands in the list twice");
  }
  return true;
}

bool judge_members(std::size_t count, const JsonPath& path, Findings& findings) {
  if (count > 0) return judge_count(count, path, findings);
  add(findings, Errc::subject_member, Level::must, path, complex_section,
      "a complex subject has at least one member");
  return false;
}

bool judge_octets(std::size_t octets, const JsonPath& path, Findings& findings) {
  if (octets <= subject_octets_max) return true;
  add(findings, Errc::json_limits, Level::must, path, "SUB-12", "the subject is too long");
  return false;
}

std::size_t octets_of(const Json& value) {
  if (const std::string* text = value.as_string()) return text->size();
  if (const JsonNumber* number = value.as_number()) return number->text().size();
  std::size_t octets = 0;
  if (const JsonObject* object = value.as_object()) octets = octets_of(*object);
  if (const JsonArray* array = value.as_array()) {
    for (const Json& element : *array) octets += octets_of(element);
  }
  return octets;
}

std::size_t octets_of(const JsonObject& object) {
  std::size_t octets = 0;
  for (const JsonMember& member : object) octets += member.name.size() + octets_of(member.value);
  return octets;
}

}  // namespace tocsin::subject

namespace tocsin {

void judge_subject(const Subject& subject, std::string_view path, Findings& findings) {
  const JsonPath here(path);
  if (const auto* identifier = std::get_if<SubjectIdentifier>(&subject)) {
    subject::judge(*identifier, subject::Place::alone, here, findings);
  } else if (const auto* aliases = std::get_if<AliasesSubject>(&subject)) {
    subject::judge(*aliases, here, findings);
  } else {
    subject::judge(std::get<ComplexSubject>(subject), here, findings);
  }
  subject::judge_octets(std::visit(subject::Measure(), subject), here, findings);
}

}  // namespace tocsin
