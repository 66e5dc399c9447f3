// Walks a shape and finds what a receiver would refuse in an event: one that was just read, or one
// that was built in code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/member_value.h"
#include "event/reporter.h"
#include "event/rule.h"
#include "tocsin/events/common.h"
#include "tocsin/json.h"

namespace tocsin {

class Judge : public Reporter {
 public:
  // Where the event comes from. What a Reader left in `extra` it has reported already; whoever
  // builds an event must not put a member there that has a place of its own.
  enum class Origin { read, built };

  Judge(const JsonObject& extra, Origin origin, Strictness strictness, const JsonPath& where,
        Findings& findings)
      : Reporter(where, findings), extra_(extra), origin_(origin), strictness_(strictness) {}

  void required(std::string_view name, const auto& field, const Rule& rule) {
    const bool is_in_extra = stands_in_extra(name);
    if (has_content(field)) {
      judge(field, rule, member(name));
    } else if (!is_in_extra) {
      add(Errc::event_missing, Level::must, member(name));
    }
  }

  template <class Value>
  void optional(std::string_view name, const std::optional<Value>& field, const Rule& rule) {
    stands_in_extra(name);
    if (field) judge(*field, rule, member(name));
  }

  // For rules that join members.
  bool has_extra(std::string_view name) const { return extra_.find(name) != nullptr; }

  // The CAEP interoperability profile wants a text for the administrator (EV-51, EV-66).
  void demand_reason(const std::optional<LanguageMap>& reason_admin, std::string_view section);

  // The type does not have this member (event_value).
  void refuse_member(std::string_view name, std::string_view detail);

  // Legal, but looks like a mistake.
  void warn(std::string_view name, std::string_view detail) {
    add(Errc::warn_value, Level::warn, member(name), std::string(detail));
  }

 private:
  bool stands_in_extra(std::string_view name);

  void judge(const std::string& value, const Rule& rule, const JsonPath& where);
  void judge(const NumericDate& value, const Rule& rule, const JsonPath& where);
  void judge(const LanguageMap& value, const Rule& rule, const JsonPath& where);
  void judge(const std::vector<std::string>& value, const Rule& rule, const JsonPath& where);
  void judge(const JsonObject&, const Rule&, const JsonPath&) {}

  template <class Known>
  void judge(const OpenValue<Known>& value, const Rule& rule, const JsonPath& where) {
    judge(value.text(), rule, where);
  }

  void judge(ClosedValue auto value, const Rule&, const JsonPath& where) {
    if (!has_content(value)) add(Errc::event_value, Level::must, where, "not on the list");
  }

  const JsonObject& extra_;
  Origin origin_;
  Strictness strictness_;
};

}  // namespace tocsin
