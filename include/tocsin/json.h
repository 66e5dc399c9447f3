// JSON as Tocsin keeps it: a plain value tree with members in the order they came and numbers as
// the text they were written in, so that what we do not understand leaves as it arrived.
//
// parse_json() is strict on purpose (RFC 8259, RFC 7493): it refuses duplicate member names at any
// depth, invalid UTF-8, a byte order mark, lone surrogates, trailing bytes and everything beyond
// its limits, all while reading (SEC-24, SEC-48).
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tocsin/result.h"

namespace tocsin {

// A JSON number, kept as its RFC 8259 text. Integers beyond 2^53 survive.
class JsonNumber {
 public:
  JsonNumber() : text_(1, '0') {}
  explicit JsonNumber(std::int64_t value);

  // `text` must match the number grammar of RFC 8259 section 6.
  static Result<JsonNumber> parse(std::string_view text);

  const std::string& text() const noexcept { return text_; }

  // The value if it is integral and fits; "1.5e3" is 1500. Never rounds, never clamps.
  std::optional<std::int64_t> as_int64() const noexcept;

  // Equal by value: 1.0, 1 and 10e-1 are equal.
  friend bool operator==(const JsonNumber& a, const JsonNumber& b) noexcept;

 private:
  friend class JsonBuilder;
  struct Checked {};
  JsonNumber(Checked, std::string text) : text_(std::move(text)) {}
  std::string text_;
};

class Json;
struct JsonMember;
using JsonArray = std::vector<Json>;

// The members of an object in the order they came. Names are unique; find() is linear, which is
// fastest at the sizes events have.
class JsonObject {
 public:
  using const_iterator = std::vector<JsonMember>::const_iterator;
  using iterator = std::vector<JsonMember>::iterator;

  JsonObject() noexcept;
  JsonObject(std::initializer_list<JsonMember> members);
  JsonObject(const JsonObject& other);
  JsonObject(JsonObject&& other) noexcept;
  JsonObject& operator=(const JsonObject& other);
  JsonObject& operator=(JsonObject&& other) noexcept;
  ~JsonObject();

  const Json* find(std::string_view name) const noexcept;
  Json* find(std::string_view name) noexcept;

  // Replaces the value of `name`, or appends a member.
  void insert_or_assign(std::string name, Json value);

  // Appends a member whose name is known to be new; with insert_or_assign() that would be searched.
  void append(std::string name, Json value);
  void reserve(std::size_t members);

  // Removes `name` and returns its value; nothing if there is none.
  std::optional<Json> take(std::string_view name);
  bool erase(std::string_view name);

  bool empty() const noexcept;
  std::size_t size() const noexcept;
  const_iterator begin() const noexcept;
  const_iterator end() const noexcept;
  iterator begin() noexcept;
  iterator end() noexcept;

  // Same members with equal values, in any order.
  friend bool operator==(const JsonObject& a, const JsonObject& b) noexcept;

 private:
  friend class JsonBuilder;
  std::vector<JsonMember> members_;
};

class Json {
 public:
  Json() = default;                                             // null
  Json(std::nullptr_t) {}                                       // NOLINT
  Json(bool value) : value_(value) {}                           // NOLINT
  Json(int value) : value_(JsonNumber(value)) {}                // NOLINT
  Json(std::int64_t value) : value_(JsonNumber(value)) {}       // NOLINT
  Json(JsonNumber value) : value_(std::move(value)) {}          // NOLINT
  Json(const char* value) : value_(std::string(value)) {}       // NOLINT
  Json(std::string_view value) : value_(std::string(value)) {}  // NOLINT
  Json(std::string value) : value_(std::move(value)) {}         // NOLINT
  Json(JsonArray value) : value_(std::move(value)) {}           // NOLINT
  Json(JsonObject value) : value_(std::move(value)) {}          // NOLINT

  bool is_null() const noexcept { return std::holds_alternative<std::nullptr_t>(value_); }
  const bool* as_bool() const noexcept { return std::get_if<bool>(&value_); }
  const JsonNumber* as_number() const noexcept { return std::get_if<JsonNumber>(&value_); }
  const std::string* as_string() const noexcept { return std::get_if<std::string>(&value_); }
  const JsonArray* as_array() const noexcept { return std::get_if<JsonArray>(&value_); }
  const JsonObject* as_object() const noexcept { return std::get_if<JsonObject>(&value_); }
  JsonNumber* as_number() noexcept { return std::get_if<JsonNumber>(&value_); }
  std::string* as_string() noexcept { return std::get_if<std::string>(&value_); }
  JsonArray* as_array() noexcept { return std::get_if<JsonArray>(&value_); }
  JsonObject* as_object() noexcept { return std::get_if<JsonObject>(&value_); }

  // "null", "boolean", "number", "string", "array" or "object", for error texts.
  std::string_view type_name() const noexcept;

  // Equal by value: numbers by value, objects whatever the order of their members.
  friend bool operator==(const Json& a, const Json& b) noexcept { return a.value_ == b.value_; }

 private:
  friend class JsonBuilder;
  std::variant<std::nullptr_t, bool, JsonNumber, std::string, JsonArray, JsonObject> value_;
};

struct JsonMember {
  std::string name;
  Json value;
  friend bool operator==(const JsonMember&, const JsonMember&) noexcept = default;
};

// JsonObject holds a vector of a type that is complete only here.
inline JsonObject::JsonObject() noexcept = default;
inline JsonObject::JsonObject(const JsonObject& other) = default;
inline JsonObject::JsonObject(JsonObject&& other) noexcept = default;
inline JsonObject& JsonObject::operator=(const JsonObject& other) = default;
inline JsonObject& JsonObject::operator=(JsonObject&& other) noexcept = default;
inline JsonObject::~JsonObject() = default;
inline bool JsonObject::empty() const noexcept {
  return members_.empty();
}
inline std::size_t JsonObject::size() const noexcept {
  return members_.size();
}
inline JsonObject::const_iterator JsonObject::begin() const noexcept {
  return members_.begin();
}
inline JsonObject::const_iterator JsonObject::end() const noexcept {
  return members_.end();
}
inline JsonObject::iterator JsonObject::begin() noexcept {
  return members_.begin();
}
inline JsonObject::iterator JsonObject::end() noexcept {
  return members_.end();
}

// Limits of one parse. The defaults are those of management JSON; trust.md section 1 has the rest.
struct JsonLimits {
  std::size_t text_max = 1024 * 1024;    // bytes of the whole text
  std::size_t depth_max = 32;            // nested arrays and objects
  std::size_t members_max = 1000;        // members of one object, elements of one array
  std::size_t string_max = 1024 * 1024;  // bytes of one string or number, unescaped
};

// Errors: json_syntax, json_duplicate, json_limits. `detail` has the byte offset.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// Without white space, members in their order, UTF-8 unescaped but for control characters, the
// quote and the backslash (`/` is not escaped).
std::string to_text(const Json& value);

}  // namespace tocsin
