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
    std::optional<Subject> result(std::in_place);
    bool whole = false;
    if (*format == complex_format) {
      whole = complex(*object, path, result->emplace<ComplexSubject>());
    } else if (*format == aliases_format) {
      whole = aliases(*object, path, result->emplace<AliasesSubject>());
    } else {
      whole =
          identifier(*object, *format, Place::alone, path, std::get<SubjectIdentifier>(*result));
    }
    if (!whole) result.reset();
    return result;
  }

 private:
  void refuse(Errc code, const JsonPath& path, std::string_view section, const char* reason) {
    add(findings_, code, Level::must, path, section, reason);
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

  // From here on what is read is filled in where it will stay; false if that cannot be whole.
  bool identifier(JsonObject& object, const std::string& format, Place place, const JsonPath& path,
                  SubjectIdentifier& out) {
    if (!fill(object, format, path, out)) return false;
    judge(out, place, path, findings_);
    return true;
  }

  bool fill(JsonObject& object, const std::string& format, const JsonPath& path,
            SubjectIdentifier& out) {
    if (format == Form<EmailSubject>::format) return strings<EmailSubject>(object, path, out);
    if (format == Form<IssSubSubject>::format) return strings<IssSubSubject>(object, path, out);
    if (format == Form<OpaqueSubject>::format) return strings<OpaqueSubject>(object, path, out);
    if (format == Form<AccountSubject>::format) return strings<AccountSubject>(object, path, out);
    if (format == Form<PhoneNumberSubject>::format) {
      return strings<PhoneNumberSubject>(object, path, out);
    }
    if (format == Form<DidSubject>::format) return strings<DidSubject>(object, path, out);
    if (format == Form<UriSubject>::format) return strings<UriSubject>(object, path, out);
    if (format == Form<JwtIdSubject>::format) return strings<JwtIdSubject>(object, path, out);
    if (format == Form<SamlAssertionIdSubject>::format) {
      return strings<SamlAssertionIdSubject>(object, path, out);
    }
    if (format == Form<ScimSubject>::format) return strings<ScimSubject>(object, path, out);
    if (format == Form<IpAddressesSubject>::format) return ip_addresses(object, path, out);
    auto& other = out.emplace<OtherSubject>();
    other.format = format;
    other.json = std::move(object);
    return true;
  }

  // A format whose members are all strings.
  template <class T>
  bool strings(JsonObject& object, const JsonPath& path, SubjectIdentifier& out) {
    constexpr auto& members = Form<T>::members;
    T& identifier = out.emplace<T>();
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
    return whole;
  }

  bool ip_addresses(JsonObject& object, const JsonPath& path, SubjectIdentifier& out) {
    auto& identifier = out.emplace<IpAddressesSubject>();
    JsonArray* list = array(object, ip_addresses_member, Form<IpAddressesSubject>::section, path);
    if (list == nullptr) return false;
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
    if (identifier.ip_addresses.size() != list->size()) return false;
    keep_all_but(ip_addresses_member, object, identifier.extra);
    return true;
  }

  bool aliases(JsonObject& object, const JsonPath& path, AliasesSubject& out) {
    JsonArray* list = array(object, aliases_member, aliases_section, path);
    if (list == nullptr) return false;
    const JsonPath here = path.member(aliases_member);
    if (!judge_list(*list, here, findings_)) return false;
    bool whole = true;
    out.identifiers.resize(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
      const JsonPath at = here.element(i);
      JsonObject* element = (*list)[i].as_object();
      if (element == nullptr) {
        refuse(Errc::subject_member_type, at, aliases_section, "it is not an object");
        whole = false;
        continue;
      }
      const std::string* format = format_of(*element, at);
      whole &=
          format != nullptr && identifier(*element, *format, Place::alias, at, out.identifiers[i]);
    }
    if (!whole) return false;
    keep_all_but(aliases_member, object, out.extra);
    judge_extra(out.extra, aliases_section, path, findings_);
    return true;
  }

  bool complex(JsonObject& object, const JsonPath& path, ComplexSubject& out) {
    if (!judge_members(object.size() - 1, path, findings_)) return false;
    out.members.reserve(object.size() - 1);
    bool whole = true;
    for (JsonMember& member : object) {
      if (member.name == "format") continue;
      const JsonPath at = path.member(member.name);
      JsonObject* value = member.value.as_object();
      if (value == nullptr) {
        whole &= tolerates_no_subject(member, at);
        keep(out.extra, member);
        continue;
      }
      ComplexSubject::Member& read = out.members.emplace_back();
      whole &= simple(*value, at, read.subject);
      read.name = std::move(member.name);
    }
    if (whole && out.members.empty()) whole = judge_members(0, path, findings_);
    return whole;
  }

  // SUB-31: an extension member that is no object refuses the subject, but not when lenient.
  bool tolerates_no_subject(const JsonMember& member, const JsonPath& path) {
    const bool tolerated =
        strictness_ == Strictness::lenient && !is_ssf_subject_member(member.name);
    add(findings_, Errc::subject_member_type, tolerated ? Level::warn : Level::must, path,
        complex_section, "it is not an object");
    return tolerated;
  }

  bool simple(JsonObject& object, const JsonPath& path, SimpleSubject& out) {
    const std::string* format = format_of(object, path);
    if (format == nullptr) return false;
    if (*format == aliases_format) {
      return aliases(object, path, out.emplace<AliasesSubject>());
    }
    return identifier(object, *format, Place::complex_member, path,
                      out.emplace<SubjectIdentifier>());
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
