// Walks a shape and fills an event from its payload. Strings are moved, not copied. A member that
// cannot be read stays in the payload and becomes part of `extra`, so nothing is lost; what is
// absent is for the Judge to say.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "event/member_value.h"
#include "event/reporter.h"
#include "event/rule.h"
#include "tocsin/events/caep.h"
#include "tocsin/events/common.h"
#include "tocsin/json.h"

namespace tocsin {

class Reader : public Reporter {
 public:
  Reader(JsonObject payload, Strictness strictness, const JsonPath& where, Findings& findings)
      : Reporter(where, findings), payload_(std::move(payload)), strictness_(strictness) {}

  template <class Value>
  void required(std::string_view name, Value& field, const Rule& rule) {
    Json* value = payload_.find(name);
    if (value == nullptr || !read(*value, field, rule, member(name))) return;
    if (has_content(field)) return take(name);
    add(Errc::event_value, rule.value_level, member(name), std::string(rule.complaint));
    JsonTreeSink as_it_came;
    write_json(field, as_it_came);
    *value = std::move(as_it_came).take();
  }

  template <class Value>
  void optional(std::string_view name, std::optional<Value>& field, const Rule& rule) {
    Json* value = payload_.find(name);
    if (value == nullptr) return;
    if (value->is_null() && strictness_ == Strictness::lenient) {  // EV-36
      add(Errc::event_type, Level::warn, member(name), "null, read as absent");
      return take(name);
    }
    if (read(*value, field.emplace(), rule, member(name))) return take(name);
    field.reset();
  }

  // What nobody took, in its order.
  JsonObject finish() &&;

 private:
  bool read(Json& value, std::string& field, const Rule& rule, const JsonPath& where);
  bool read(Json& value, NumericDate& field, const Rule& rule, const JsonPath& where);
  bool read(Json& value, LanguageMap& field, const Rule& rule, const JsonPath& where);
  bool read(Json& value, std::vector<std::string>& field, const Rule& rule, const JsonPath& where);
  bool read(Json& value, JsonObject& field, const Rule& rule, const JsonPath& where);

  template <class Known>
  bool read(Json& value, OpenValue<Known>& field, const Rule& rule, const JsonPath& where) {
    std::string text;
    if (!read(value, text, rule, where)) return false;
    field = OpenValue<Known>(std::move(text));
    return true;
  }

  template <ClosedValue Value>
  bool read(Json& value, Value& field, const Rule& rule, const JsonPath& where) {
    const std::string* text = value.as_string();
    if (text == nullptr) return refuse_type(value, "a string", rule, where);
    auto listed = parse_wire_name<Value>(*text);
    if (!listed && strictness_ == Strictness::lenient) {
      listed = mended(*text, field);
      if (listed)
        add(Errc::event_value, Level::warn, where, quoted(*text) + ", read as the listed value");
    }
    if (!listed) {
      add(Errc::event_value, Level::must, where, quoted(*text) + " is not on the list");
      return false;
    }
    field = *listed;
    return true;
  }

  // Spellings seen in the field, by closed list (EV-61).
  static std::optional<caep::ChangeType> mended(std::string_view text, caep::ChangeType);
  template <ClosedValue Value>
  static std::optional<Value> mended(std::string_view, Value) {
    return {};
  }

  bool may_stand_alone(const Rule& rule) const {
    return rule.alone_from && strictness_ >= *rule.alone_from;
  }
  bool refuse_type(const Json& value, std::string_view expected, const Rule& rule,
                   const JsonPath& where);

  void take(std::string_view name) {
    TOCSIN_ASSERT(taken_count_ < taken_.size());
    taken_[taken_count_++] = name;
  }

  JsonObject payload_;
  Strictness strictness_;
  std::array<std::string_view, members_max> taken_;  // names are literals of the shapes
  std::size_t taken_count_ = 0;
};

}  // namespace tocsin
