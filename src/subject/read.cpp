// Reading subjects: structure here, values in judge.cpp. Strings move from the JSON tree into the
// subject, so what the parser allocated is all there is.
#include "subject/read.h"

#include <array>
#include <utility>

#include "subject/forms.h"
#include "subject/judge.h"

namespace tocsin {
namespace subject {
namespace {

class Reader {
 public:
  Reader(Strictness strictness, Findings& findings)
      : strictness_(strictness), findings_(findings) {}

  std::optional<Subject> subject(Json& json, const JsonPath& path) {
    JsonObject* object = json.as_object();
    if (object == nullptr) {
      refuse(Errc::subject_type, path, "RFC 9493 3", "it is not an object");
      return std::nullopt;
    }
    if (!judge_octets(octets_of(*object), path, findings_)) return std::nullopt;
    const std::string* format = format_of(*object, path);
    if (format == nullptr) return std::nullopt;
    if (*format == complex_format) return widen(complex(*object, path));
    if (*format == aliases_format) return widen(aliases(*object, path));
    return widen(identifier(*object, *format, Place::alone, path));
  }

 private:
  void refuse(Errc code, const JsonPath& path, std::string_view section, const char* reason) {
    add(findings_, code, Level::must, path, section, reason);
  }

  template <class T>
  static std::optional<Subject> widen(std::optional<T> narrow) {
    if (!narrow) return std::nullopt;
    return Subject(*std::move(narrow));
  }

  // The value of `format`, inside `object`.
  const std::string* format_of(const JsonObject& object, const JsonPath& path) {
    const Json* value = object.find("format");
    if (value == nullptr) {
      refuse(Errc::subject_format, path, "RFC 9493 3", "there is no format");
      return nullptr;
    }
    const std::string* format = value->as_string();
    if (format == nullptr || format->empty()) {
      refuse(Errc::subject_format, path.member("format"), "RFC 9493 3", "the format is not a name");
      return nullptr;
    }
    return format;
  }

  std::optional<SubjectIdentifier> identifier(JsonObject& object, const std::string& format,
                                              Place place, const JsonPath& path) {
    auto built = build(object, format, path);
    if (built) judge(*built, place, path, findings_);
    return built;
  }

  std::optional<SubjectIdentifier> build(JsonObject& object, const std::string& format,
                                         const JsonPath& path) {
    if (format == Form<EmailSubject>::format) return strings<EmailSubject>(object, path);
    if (format == Form<IssSubSubject>::format) return strings<IssSubSubject>(object, path);
    if (format == Form<OpaqueSubject>::format) return strings<OpaqueSubject>(object, path);
    if (format == Form<AccountSubject>::format) return strings<AccountSubject>(object, path);
    if (format == Form<PhoneNumberSubject>::format) {
      return strings<PhoneNumberSubject>(object, path);
    }
    if (format == Form<DidSubject>::format) return strings<DidSubject>(object, path);
    if (format == Form<UriSubject>::format) return strings<UriSubject>(object, path);
    if (format == Form<JwtIdSubject>::format) return strings<JwtIdSubject>(object, path);
    if (format == Form<SamlAssertionIdSubject>::format) {
      return strings<SamlAssertionIdSubject>(object, path);
    }
    if (format == Form<ScimSubject>::format) return strings<ScimSubject>(object, path);
    if (format == Form<IpAddressesSubject>::format) return ip_addresses(object, path);
    std::string name = format;
    return OtherSubject{std::move(name), std::move(object)};
  }

  // A format whose members are all strings.
  template <class T>
  std::optional<SubjectIdentifier> strings(JsonObject& object, const JsonPath& path) {
    constexpr auto& members = Form<T>::members;
    T identifier;
    std::array<bool, members.size()> seen{};
    bool whole = true;
    for (JsonMember& member : object) {
      std::size_t known = 0;
      while (known < members.size() && members[known].name != member.name) ++known;
      if (known == members.size()) {
        keep(identifier.extra, member);
        continue;
      }
      seen[known] = true;
      if (std::string* text = member.value.as_string()) {
        identifier.*members[known].value = std::move(*text);
      } else {
        refuse(Errc::subject_member_type, path.member(member.name), Form<T>::section,
               "it is not a string");
        whole = false;
      }
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (seen[i]) continue;
      add(findings_, Errc::subject_member, Level::must, path, Form<T>::section,
          "there is no " + std::string(members[i].name));
      whole = false;
    }
    if (!whole) return std::nullopt;
    return identifier;
  }

  std::optional<SubjectIdentifier> ip_addresses(JsonObject& object, const JsonPath& path) {
    IpAddressesSubject identifier;
    JsonArray* list = array(object, ip_addresses_member, Form<IpAddressesSubject>::section, path);
    if (list == nullptr) return std::nullopt;
    const JsonPath here = path.member(ip_addresses_member);
    identifier.ip_addresses.reserve(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (std::string* text = (*list)[i].as_string()) {
        identifier.ip_addresses.push_back(std::move(*text));
      } else {
        refuse(Errc::subject_member_type, here.element(i), Form<IpAddressesSubject>::section,
               "it is not a string");
      }
    }
    if (identifier.ip_addresses.size() != list->size()) return std::nullopt;
    keep_all_but(ip_addresses_member, object, identifier.extra);
    return identifier;
  }

  std::optional<AliasesSubject> aliases(JsonObject& object, const JsonPath& path) {
    JsonArray* list = array(object, aliases_member, aliases_section, path);
    if (list == nullptr) return std::nullopt;
    const JsonPath here = path.member(aliases_member);
    if (!judge_list(*list, here, findings_)) return std::nullopt;
    AliasesSubject aliases;
    aliases.identifiers.reserve(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
      const JsonPath at = here.element(i);
      JsonObject* element = (*list)[i].as_object();
      if (element == nullptr) {
        refuse(Errc::subject_member_type, at, aliases_section, "it is not an object");
        continue;
      }
      const std::string* format = format_of(*element, at);
      if (format == nullptr) continue;
      if (auto built = identifier(*element, *format, Place::alias, at)) {
        aliases.identifiers.push_back(*std::move(built));
      }
    }
    if (aliases.identifiers.size() != list->size()) return std::nullopt;
    keep_all_but(aliases_member, object, aliases.extra);
    judge_extra(aliases.extra, aliases_section, path, findings_);
    return aliases;
  }

  std::optional<ComplexSubject> complex(JsonObject& object, const JsonPath& path) {
    if (!judge_members(object.size() - 1, path, findings_)) return std::nullopt;
    ComplexSubject complex;
    complex.members.reserve(object.size() - 1);
    bool whole = true;
    for (JsonMember& member : object) {
      if (member.name == "format") continue;
      const JsonPath at = path.member(member.name);
      JsonObject* value = member.value.as_object();
      if (value == nullptr) {
        whole &= tolerates_no_subject(member, at);
        keep(complex.extra, member);
      } else if (auto built = simple(*value, at)) {
        complex.members.push_back({std::move(member.name), *std::move(built)});
      } else {
        whole = false;
      }
    }
    if (whole && complex.members.empty()) whole = judge_members(0, path, findings_);
    if (!whole) return std::nullopt;
    return complex;
  }

  // SUB-31: an extension member that is no object refuses the subject, but not when lenient.
  bool tolerates_no_subject(const JsonMember& member, const JsonPath& path) {
    const bool tolerated =
        strictness_ == Strictness::lenient && !is_ssf_subject_member(member.name);
    add(findings_, Errc::subject_member_type, tolerated ? Level::warn : Level::must, path,
        complex_section, "it is not an object");
    return tolerated;
  }

  std::optional<SimpleSubject> simple(JsonObject& object, const JsonPath& path) {
    const std::string* format = format_of(object, path);
    if (format == nullptr) return std::nullopt;
    if (*format == aliases_format) {
      auto built = aliases(object, path);
      if (!built) return std::nullopt;
      return SimpleSubject(*std::move(built));
    }
    auto built = identifier(object, *format, Place::complex_member, path);
    if (!built) return std::nullopt;
    return SimpleSubject(*std::move(built));
  }

  // The array member `name`.
  JsonArray* array(JsonObject& object, std::string_view name, std::string_view section,
                   const JsonPath& path) {
    Json* value = object.find(name);
    if (value == nullptr) {
      add(findings_, Errc::subject_member, Level::must, path, section,
          "there is no " + std::string(name));
      return nullptr;
    }
    JsonArray* list = value->as_array();
    if (list == nullptr) {
      refuse(Errc::subject_member_type, path.member(name), section, "it is not an array");
    }
    return list;
  }

  static void keep(JsonObject& extra, JsonMember& member) {
    if (member.name != "format") {
      extra.insert_or_assign(std::move(member.name), std::move(member.value));
    }
  }

  static void keep_all_but(std::string_view known, JsonObject& object, JsonObject& extra) {
    for (JsonMember& member : object) {
      if (member.name != known) keep(extra, member);
    }
  }

  Strictness strictness_;
  Findings& findings_;
};

}  // namespace
}  // namespace subject

std::optional<Subject> read_subject(Json json, Strictness strictness, const JsonPath& path,
                                    Findings& findings) {
  return subject::Reader(strictness, findings).subject(json, path);
}

std::optional<Subject> read_subject(Json json, Strictness strictness, std::string_view path,
                                    Findings& findings) {
  return read_subject(std::move(json), strictness, JsonPath(path), findings);
}

Result<Subject> parse_subject(Json json, Strictness strictness) {
  Findings findings;
  auto subject = read_subject(std::move(json), strictness, JsonPath(), findings);
  if (const Finding* refusal = first_refusal(findings, strictness, Direction::received)) {
    return to_error(*refusal);
  }
  return *std::move(subject);
}

}  // namespace tocsin
