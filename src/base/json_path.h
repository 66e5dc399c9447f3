// Where in a JSON document a reader stands: a chain of names on the stack that becomes text (a JSON
// Pointer, RFC 6901) only when a finding needs it, so that a document without faults pays nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin {

class JsonPath {
 public:
  // `root` is a JSON Pointer already: "" or "/sub_id".
  explicit JsonPath(std::string_view root = {}) : name_(root) {}

  // A child points at its parent and at `name`: it must not outlive either.
  JsonPath member(std::string_view name) const { return JsonPath(this, name, no_index); }
  JsonPath element(std::size_t index) const { return JsonPath(this, {}, index); }

  std::string text() const {
    std::string text;
    append_to(text);
    return text;
  }

 private:
  static constexpr std::size_t no_index = static_cast<std::size_t>(-1);

  JsonPath(const JsonPath* parent, std::string_view name, std::size_t index)
      : parent_(parent), name_(name), index_(index) {}

  void append_to(std::string& text) const {
    if (parent_ == nullptr) {
      text += name_;
      return;
    }
    parent_->append_to(text);
    text += '/';
    if (index_ != no_index) {
      text += std::to_string(index_);
      return;
    }
    for (const char c : name_) {
      if (c == '~') {
        text += "~0";
      } else if (c == '/') {
        text += "~1";
      } else {
        text += c;
      }
    }
  }

  const JsonPath* parent_ = nullptr;
  std::string_view name_;
  std::size_t index_ = no_index;
};

}  // namespace tocsin
