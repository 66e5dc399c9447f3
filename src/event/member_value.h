// The types a member can have, as the three walkers of a shape need them: is there anything in it,
// and what does it look like as JSON.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tocsin/events/common.h"
#include "tocsin/json.h"

namespace tocsin {

template <class Type>
concept ClosedValue = std::is_enum_v<Type>;

// False for a required member nobody filled.
inline bool has_content(const std::string& value) {
  return !value.empty();
}
inline bool has_content(const std::vector<std::string>& value) {
  return !value.empty();
}
inline bool has_content(const JsonObject& value) {
  return !value.empty();
}
template <class Known>
bool has_content(const OpenValue<Known>& value) {
  return !value.text().empty();
}
bool has_content(ClosedValue auto value) {
  return !wire_name(value).empty();
}

inline Json json_of(const std::string& value) {
  return value;
}
inline Json json_of(const std::vector<std::string>& value) {
  return JsonArray(value.begin(), value.end());
}
inline Json json_of(const JsonObject& value) {
  return value;
}
inline Json json_of(const NumericDate& value) {
  return value.to_number();
}
inline Json json_of(const LanguageMap& value) {
  JsonObject texts;
  for (const auto& [tag, text] : value.texts) texts.insert_or_assign(tag, text);
  return texts;
}
template <class Known>
Json json_of(const OpenValue<Known>& value) {
  return value.text();
}
Json json_of(ClosedValue auto value) {
  return wire_name(value);
}

}  // namespace tocsin
