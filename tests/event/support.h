// Short forms for tests about events.
#pragma once

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <string_view>

#include "support/matchers.h"
#include "tocsin/event.h"

namespace tocsin {

inline void PrintTo(const Finding& finding, std::ostream* out) {
  *out << finding.to_string();
}
inline void PrintTo(Level level, std::ostream* out) {
  constexpr std::string_view names[] = {"must", "should", "policy", "interop", "tx", "warn"};
  *out << names[static_cast<std::size_t>(level)];
}
inline void PrintTo(const Json& json, std::ostream* out) {
  *out << to_text(json);
}

namespace test {

inline Json json(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? std::move(value).value() : Json();
}

inline const std::string caep_prefix = "https://schemas.openid.net/secevent/caep/event-type/";
inline const std::string risc_prefix = "https://schemas.openid.net/secevent/risc/event-type/";
inline const std::string ssf_prefix = "https://schemas.openid.net/secevent/ssf/event-type/";
inline const std::string oauth_prefix = "https://schemas.openid.net/secevent/oauth/event-type/";
inline const std::string scim_prefix = "urn:ietf:params:scim:event:";

// An event and what was found about it. Paths start at the payload.
struct Reading {
  Event event;
  Findings findings;

  template <class Type>
  const Type& as() const {
    return std::get<Type>(event);
  }
};

inline std::string payload_path(std::string_view type) {
  std::string path = "/events/";
  for (const char c : type) path += c == '/' ? "~1" : std::string(1, c);
  return path;
}

// Paths below the payload start with "/"; the payload itself is "".
inline Findings relative_to_payload(Findings findings, std::string_view type) {
  const std::string prefix = payload_path(type);
  for (Finding& finding : findings) {
    if (finding.path.starts_with(prefix)) finding.path.erase(0, prefix.size());
  }
  return findings;
}

inline Reading read(const std::string& type, std::string_view payload,
                    Strictness strictness = Strictness::strict) {
  Reading reading;
  reading.event = read_event(type, json(payload), {.strictness = strictness}, reading.findings);
  reading.findings = relative_to_payload(std::move(reading.findings), type);
  return reading;
}

inline Findings judge(const Event& event, Strictness strictness = Strictness::strict) {
  Findings findings;
  judge_event(event, {.strictness = strictness}, findings);
  return relative_to_payload(std::move(findings), type_of(event));
}

inline Findings judge_in_set(const Event& event, const SetAround& set,
                             Strictness strictness = Strictness::strict) {
  Findings findings;
  judge_event_in_set(event, set, {.strictness = strictness}, findings);
  return relative_to_payload(std::move(findings), type_of(event));
}

inline Findings judge_to_send(const Event& event) {
  Findings findings;
  judge_event_to_send(event, {}, findings);
  return relative_to_payload(std::move(findings), type_of(event));
}

// One finding: class, level and place.
MATCHER_P3(Found, code, level, path,
           std::string(describe(code).name) + " at " + std::string(path)) {
  return arg.code == code && arg.level == level && arg.path == path && !arg.section.empty();
}

inline auto only(auto... findings) {
  return testing::ElementsAre(findings...);
}
inline auto nothing() {
  return testing::IsEmpty();
}

}  // namespace test
}  // namespace tocsin
