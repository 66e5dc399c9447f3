// Who an event is about: Subject Identifiers of RFC 9493, the formats of SSF 1.0 section 3.5, the
// complex subjects of SSF 1.0 section 3.3, and the `scim` format of RFC 9967 section 2.1.
//
// Types hold the text of the wire. Comparison is by SubjectKey only, the one canonical form used
// for add, remove, match, order and dedup (SEC-16); nothing here compares wire text.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tocsin/finding.h"
#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin {

// Each format's members, spelled as on the wire (a hyphen becomes an underscore). `extra` holds
// members the format does not describe: ignored in comparison, kept for forwarding (SUB-06).
struct AccountSubject {
  std::string uri;
  JsonObject extra;
};
struct EmailSubject {
  std::string email;
  JsonObject extra;
};
struct IssSubSubject {
  std::string iss;
  std::string sub;
  JsonObject extra;
};
struct OpaqueSubject {
  std::string id;
  JsonObject extra;
};
struct PhoneNumberSubject {
  std::string phone_number;
  JsonObject extra;
};
struct DidSubject {
  std::string url;
  JsonObject extra;
};
struct UriSubject {
  std::string uri;
  JsonObject extra;
};
struct JwtIdSubject {
  std::string iss;
  std::string jti;
  JsonObject extra;
};
struct SamlAssertionIdSubject {
  std::string issuer;
  std::string assertion_id;
  JsonObject extra;
};
struct IpAddressesSubject {
  std::vector<std::string> ip_addresses;
  JsonObject extra;
};
struct ScimSubject {
  std::string uri;
  JsonObject extra;
};

// A format agreed between two parties (SSF 3.4): kept whole, `format` included in `json`.
struct OtherSubject {
  std::string format;
  JsonObject json;
};

// One identifier of one principal, but for `aliases` and `complex`.
using SubjectIdentifier =
    std::variant<AccountSubject, EmailSubject, IssSubSubject, OpaqueSubject, PhoneNumberSubject,
                 DidSubject, UriSubject, JwtIdSubject, SamlAssertionIdSubject, IpAddressesSubject,
                 ScimSubject, OtherSubject>;

// Several identifiers of one principal (RFC 9493 3.2.8). Aliases do not nest.
struct AliasesSubject {
  std::vector<SubjectIdentifier> identifiers;
  JsonObject extra;
};

// "Simple Subject" of SSF 3.2.
using SimpleSubject = std::variant<SubjectIdentifier, AliasesSubject>;

// A subject of several members, all describing one principal (SSF 3.3). Members keep the order
// they came in; names are unique. user, device, session, application, tenant, org_unit and group
// are those SSF names; any other is an extension member. `extra` holds extension members that are
// no subjects, which only Strictness::lenient lets through (SUB-31).
struct ComplexSubject {
  struct Member {
    std::string name;
    SimpleSubject subject;
  };
  std::vector<Member> members;
  JsonObject extra;

  const SimpleSubject* find(std::string_view name) const noexcept;
};

// One of the seven names of SSF 3.3.
bool is_ssf_subject_member(std::string_view name) noexcept;

using Subject = std::variant<SubjectIdentifier, AliasesSubject, ComplexSubject>;

// The value of `format`.
std::string_view format_of(const SubjectIdentifier& subject) noexcept;
std::string_view format_of(const Subject& subject) noexcept;

// Shorthands for what most callers build.
Subject email_subject(std::string email);
Subject iss_sub_subject(std::string iss, std::string sub);
Subject opaque_subject(std::string id);

// As above in the form we send: `+` and digits; addresses in dotted decimal or eight groups of four
// lower-case digits. subject_value if a text is no phone number, or no address.
Result<Subject> phone_number_subject(std::string_view phone_number);
Result<Subject> ip_addresses_subject(const std::vector<std::string>& addresses);

// Limits of one subject (trust.md section 1). What exceeds them is refused at any strictness.
inline constexpr std::size_t subject_octets_max = 4096;  // member names and values together
inline constexpr std::size_t subject_members_max = 20;   // of a complex or aliases subject

// The subject, or the first finding that refuses it as something received.
Result<Subject> parse_subject(Json json, Strictness strictness = Strictness::strict);

// Every finding, with paths below `path` (a JSON Pointer). Nothing if no Subject can be built; then
// one of the findings is of Level::must. Strings are moved out of `json`, and a subject without
// fault costs no allocation for findings or paths.
std::optional<Subject> read_subject(Json json, Strictness strictness, std::string_view path,
                                    Findings& findings);

// The same findings about a subject an application built: what it must mend before it is sent.
void judge_subject(const Subject& subject, std::string_view path, Findings& findings);

Json to_json(const Subject& subject);
Json to_json(const SubjectIdentifier& subject);
Json to_json(const SimpleSubject& subject);

// SSF 3.6: the first name in `unprocessable` that is a member of a complex subject, and so makes a
// receiver discard the event; empty if there is none. Simple subjects are never touched (SUB-62).
std::string_view find_critical(const Subject& subject, std::span<const std::string> unprocessable);

// The canonical form of one identifier as text: `format` and its parts, separated by U+001F
// (subjects.md section 4). Equal keys name the same thing. Never sent, never logged: show a keyed
// hash instead (SEC-59).
class SubjectKey {
 public:
  explicit SubjectKey(const SubjectIdentifier& subject);
  const std::string& text() const noexcept { return text_; }
  friend auto operator<=>(const SubjectKey&, const SubjectKey&) = default;

 private:
  std::string text_;
};

// The keys of one subject member, sorted, each once: several only for aliases. Two simple subjects
// are equal when they have a key in common. An index holds every one of them (SUB-41).
std::vector<SubjectKey> keys_of(const SimpleSubject& subject);

// The same entry (SUB-44): what add-after-remove and remove compare. Aliases are the same when
// they hold the same set of keys; complex subjects when they have the same members, each the same.
bool is_same_entry(const Subject& a, const Subject& b);

// SSF 8.1.3.1: does an event about `event` belong on a stream to which `added` was added?
// Symmetric, not transitive. Complex subjects need one member in common (MAT-03).
bool matches(const Subject& added, const Subject& event);

// MAT-12: under default_subjects ALL, does removing `removed` hold back an event about `event`?
bool covers(const Subject& removed, const Subject& event);

}  // namespace tocsin
