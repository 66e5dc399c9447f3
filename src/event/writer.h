// Walks a shape and writes the payload: members in the order of the shape, then the others.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "event/member_value.h"
#include "event/rule.h"
#include "json/sink.h"
#include "tocsin/json.h"

namespace tocsin {

class Writer {
 public:
  explicit Writer(JsonSink& sink) : sink_(sink) { sink_.begin_object(); }

  void section(std::string_view) {}

  void required(std::string_view name, const auto& field, const Rule&) {
    if (has_content(field)) write(name, field);
  }

  template <class Value>
  void optional(std::string_view name, const std::optional<Value>& field, const Rule&) {
    if (field) write(name, *field);
  }

  // A member that is written already wins over one of the same name in `extra`.
  void finish(const JsonObject& extra) {
    for (const JsonMember& member : extra) {
      if (is_written(member.name)) continue;
      sink_.name(member.name);
      sink_.value(member.value);
    }
    sink_.end_object();
  }

 private:
  void write(std::string_view name, const auto& value) {
    written_.at(written_count_++) = name;
    sink_.name(name);
    write_json(value, sink_);
  }

  bool is_written(std::string_view name) const {
    const auto end = written_.begin() + written_count_;
    return std::find(written_.begin(), end, name) != end;
  }

  JsonSink& sink_;
  std::array<std::string_view, members_max> written_;  // names are literals of the shapes
  std::size_t written_count_ = 0;
};

}  // namespace tocsin
