// The types a member can have, as the three walkers of a shape need them: is there anything in it,
// and how is it written.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "json/sink.h"
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

inline void write_json(const std::string& value, JsonSink& sink) {
  sink.string(value);
}
inline void write_json(const std::vector<std::string>& value, JsonSink& sink) {
  sink.begin_array();
  for (const std::string& element : value) sink.string(element);
  sink.end_array();
}
inline void write_json(const JsonObject& value, JsonSink& sink) {
  sink.value(value);
}
inline void write_json(const NumericDate& value, JsonSink& sink) {
  sink.number(value.to_number());
}
void write_json(const LanguageMap& value, JsonSink& sink);
template <class Known>
void write_json(const OpenValue<Known>& value, JsonSink& sink) {
  sink.string(value.text());
}
void write_json(ClosedValue auto value, JsonSink& sink) {
  sink.string(wire_name(value));
}

}  // namespace tocsin
