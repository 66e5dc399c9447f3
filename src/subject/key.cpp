// Canonical keys (subjects.md section 4). Whatever the strings hold, two identifiers have one key
// only if they are the same: separators inside a part are escaped, and a value that its format does
// not allow is compared as it came, behind an empty first part that no canonical form has.
#include <algorithm>
#include <type_traits>

#include "base/ip_address.h"
#include "json/decimal.h"
#include "subject/forms.h"
#include "subject/keys.h"
#include "subject/syntax.h"
#include "tocsin/subject.h"

namespace tocsin {
namespace {

using subject::Form;

constexpr char separator = '\x1f';
constexpr char escape = '\x1e';

void append_part(std::string& key, std::string_view part) {
  key += separator;
  for (const char c : part) {
    if (c == separator || c == escape) {
      key += escape;
      key += c == separator ? 's' : 'e';
    } else {
      key += c;
    }
  }
}

// A value that its format does not allow.
void append_raw(std::string& key, std::string_view part) {
  key += separator;
  append_part(key, part);
}

void append_canonical(std::string& key, const std::optional<std::string>& canonical,
                      std::string_view text) {
  if (canonical) {
    append_part(key, *canonical);
  } else {
    append_raw(key, text);
  }
}

// "4:0a000001"; nothing if `text` is no address.
std::optional<std::string> address_part(std::string_view text) {
  const auto address = parse_ip_address(text);
  if (!address) return std::nullopt;
  constexpr std::string_view digits = "0123456789abcdef";
  const bool v4 = address->family == IpAddress::Family::v4;
  std::string part = v4 ? "4:" : "6:";
  for (std::size_t i = 0; i < (v4 ? 4 : 16); ++i) {
    part += digits[address->octets[i] >> 4];
    part += digits[address->octets[i] & 15];
  }
  return part;
}

// A number by value, so that 1.0 and 1 have one text.
Json canonical_json(const JsonNumber& number) {
  const auto decimal = read_decimal(number.text());
  if (!decimal || decimal->digits.empty()) return JsonNumber(0);
  const std::string text =
      (decimal->negative ? "-" : "") + decimal->digits + 'e' + std::to_string(decimal->exponent);
  return JsonNumber::parse(text).value();
}

// Equal values give equal texts: members sorted, numbers by value.
Json canonical_json(const Json& json) {
  if (const JsonNumber* number = json.as_number()) return canonical_json(*number);
  if (const JsonArray* array = json.as_array()) {
    JsonArray canonical;
    for (const Json& element : *array) canonical.push_back(canonical_json(element));
    return canonical;
  }
  if (const JsonObject* object = json.as_object()) {
    JsonObject canonical;
    for (const JsonMember& member : *object) {
      canonical.insert_or_assign(member.name, canonical_json(member.value));
    }
    std::ranges::sort(canonical, {}, &JsonMember::name);
    return canonical;
  }
  return json;
}

// The parts behind the format, format by format.
struct Parts {
  std::string& key;

  template <class T>
  void operator()(const T& identifier) const {  // compared exactly
    for (const auto& member : Form<T>::members) append_part(key, identifier.*member.value);
  }
  void operator()(const EmailSubject& identifier) const {
    append_part(key, subject::canonical_email(identifier.email));
  }
  void operator()(const AccountSubject& identifier) const {
    append_canonical(key, subject::canonical_account(identifier.uri), identifier.uri);
  }
  void operator()(const PhoneNumberSubject& identifier) const {
    append_canonical(key, subject::canonical_phone_number(identifier.phone_number),
                     identifier.phone_number);
  }
  void operator()(const IpAddressesSubject& identifier) const {
    std::vector<std::string> parts;
    for (const std::string& text : identifier.ip_addresses) {
      auto part = address_part(text);
      parts.push_back(part ? *std::move(part) : separator + text);
    }
    std::ranges::sort(parts);
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    for (const std::string& part : parts) append_part(key, part);
  }
  void operator()(const OtherSubject& identifier) const {
    append_part(key, to_text(canonical_json(Json(identifier.json))));
  }
};

}  // namespace

SubjectKey::SubjectKey(const SubjectIdentifier& subject) : text_(format_of(subject)) {
  std::visit(Parts{text_}, subject);
}

namespace subject {

std::vector<SubjectKey> keys_of(const SubjectIdentifier& identifier) {
  std::vector<SubjectKey> keys;
  keys.emplace_back(identifier);
  return keys;
}

std::vector<SubjectKey> keys_of(const AliasesSubject& aliases) {
  std::vector<SubjectKey> keys(aliases.identifiers.begin(), aliases.identifiers.end());
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace subject

std::vector<SubjectKey> keys_of(const SimpleSubject& subject) {
  return std::visit([](const auto& simple) { return subject::keys_of(simple); }, subject);
}

}  // namespace tocsin
