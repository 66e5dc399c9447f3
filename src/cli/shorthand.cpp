#include "cli/shorthand.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/try.h"
#include "event/short_types.h"
#include "tocsin/event.h"

namespace tocsin::cli {
namespace {

struct Format {
  std::string_view name;
  std::array<std::string_view, 2> members;  // the second is empty for formats of one member
};
constexpr std::array formats{
    Format{"account", {"uri"}},       Format{"email", {"email"}},
    Format{"opaque", {"id"}},         Format{"phone_number", {"phone_number"}},
    Format{"did", {"url"}},           Format{"uri", {"uri"}},
    Format{"scim", {"uri"}},          Format{"iss_sub", {"iss", "sub"}},
    Format{"jwt_id", {"iss", "jti"}}, Format{"saml_assertion_id", {"issuer", "assertion_id"}},
};

struct Profile {
  std::string_view name;
  Strictness strictness;
  AlgorithmSet algorithms;
};
constexpr std::array profiles{
    Profile{"ssf1",
            Strictness::strict,
            {Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA}},
    Profile{"caep-interop", Strictness::interop, {Algorithm::RS256}},
};

struct NamedStrictness {
  std::string_view name;
  Strictness strictness;
};
constexpr std::array strictnesses{
    NamedStrictness{"strict", Strictness::strict},
    NamedStrictness{"interop", Strictness::interop},
    NamedStrictness{"lenient", Strictness::lenient},
};

template <class Rows>
std::vector<std::string> names_of(const Rows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.emplace_back(row.name);
  return names;
}

template <class Rows>
const auto* find_row(const Rows& rows, std::string_view name) {
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [name](const auto& each) { return each.name == name; });
  return row == rows.end() ? nullptr : &*row;
}

std::string listed(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

Error misspelt(std::string_view flag, std::string_view text, const std::string& right) {
  return {Errc::config_invalid, std::string(flag) + " " + std::string(text) + ": " + right};
}

// The types of a family as they are typed.
std::vector<std::string> short_types(const EventFamily& family) {
  std::vector<std::string> types;
  for (const std::string_view type : known_event_types()) {
    if (!type.starts_with(family.uri)) continue;
    types.push_back(std::string(family.name) + std::string(type.substr(family.uri.size())));
  }
  return types;
}

}  // namespace

Result<std::string> parse_event_type(std::string_view text) {
  for (const EventFamily& family : event_families()) {
    if (!text.starts_with(family.name)) continue;
    if (auto type = expand_event_type(text)) return *std::move(type);
    return misspelt("--event", text, "one of " + listed(short_types(family)));
  }
  if (text.find(':') != std::string_view::npos) return std::string(text);
  return misspelt("--event", text,
                  "an event type URI, or a short form like caep:session-revoked (" +
                      listed(names_of(event_families())) + ")");
}

std::string to_short_event_type(const std::string& uri) {
  for (const EventFamily& family : event_families()) {
    if (!uri.starts_with(family.uri)) continue;
    std::string text = std::string(family.name) + uri.substr(family.uri.size());
    if (expand_event_type(text) == uri) return text;
  }
  return uri;
}

Result<Json> parse_subject_text(std::string_view text) {
  if (text.starts_with('{')) {
    auto json = parse_json(text);
    if (!json) return misspelt("--subject", text, json.error().to_string());
    return json;
  }
  const std::size_t colon = text.find(':');
  const Format* format =
      colon == std::string_view::npos ? nullptr : find_row(formats, text.substr(0, colon));
  if (format == nullptr) {
    return misspelt("--subject", text,
                    "a JSON object, or FORMAT:VALUE with a format of " + listed(names_of(formats)));
  }
  std::string_view value = text.substr(colon + 1);
  JsonObject subject{{"format", format->name}};
  if (!format->members[1].empty()) {
    const std::size_t comma = value.find(',');
    if (comma == std::string_view::npos) {
      return misspelt("--subject", text,
                      std::string(format->name) + ":" + std::string(format->members[0]) + "," +
                          std::string(format->members[1]) + " with a comma between the two");
    }
    subject.insert_or_assign(std::string(format->members[0]), value.substr(0, comma));
    subject.insert_or_assign(std::string(format->members[1]), value.substr(comma + 1));
  } else {
    subject.insert_or_assign(std::string(format->members[0]), value);
  }
  return Json(std::move(subject));
}

Result<JsonMember> parse_member(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return misspelt("--member", text, "NAME=VALUE");
  }
  const std::string_view value = text.substr(equals + 1);
  std::string name(text.substr(0, equals));
  if (auto json = parse_json(value)) return JsonMember{std::move(name), *std::move(json)};
  // Whoever opened a bracket or a quote meant JSON.
  if (value.starts_with('{') || value.starts_with('[') || value.starts_with('"')) {
    return misspelt("--member", text, parse_json(value).error().to_string());
  }
  return JsonMember{std::move(name), value};
}

std::vector<std::string> profile_names() {
  return names_of(profiles);
}

std::vector<std::string> strictness_names() {
  return names_of(strictnesses);
}

Result<SetPolicy> policy_for(std::string_view profile, std::string_view strictness) {
  const Profile* row = find_row(profiles, profile);
  if (row == nullptr) return misspelt("--profile", profile, "one of " + listed(profile_names()));
  SetPolicy policy;
  policy.algorithms = row->algorithms;
  policy.strictness = row->strictness;
  if (strictness.empty()) return policy;
  const NamedStrictness* named = find_row(strictnesses, strictness);
  if (named == nullptr) {
    return misspelt("--strictness", strictness, "one of " + listed(strictness_names()));
  }
  policy.strictness = named->strictness;
  return policy;
}

}  // namespace tocsin::cli
