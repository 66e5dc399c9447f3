// Walks a shape and writes the payload: members in the order of the shape, then the others.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "event/member_value.h"
#include "event/rule.h"
#include "tocsin/json.h"

namespace tocsin {

class Writer {
 public:
  void section(std::string_view) {}

  void required(std::string_view name, const auto& field, const Rule&) {
    if (has_content(field)) payload_.append(std::string(name), json_of(field));
  }

  template <class Value>
  void optional(std::string_view name, const std::optional<Value>& field, const Rule&) {
    if (field) payload_.append(std::string(name), json_of(*field));
  }

  // A member that is written already wins over one of the same name in `extra`.
  JsonObject finish(const JsonObject& extra) && {
    for (const JsonMember& member : extra) {
      if (payload_.find(member.name) == nullptr) {
        payload_.append(member.name, member.value);
      }
    }
    return std::move(payload_);
  }

 private:
  JsonObject payload_;
};

}  // namespace tocsin
