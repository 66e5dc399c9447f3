// The two sinks, and to_text().
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "json/sink.h"

namespace tocsin {
namespace {

// Octets that a string cannot hold as they are: control characters, the quote, the backslash.
constexpr auto must_escape = [] {
  std::array<bool, 256> table{};
  for (std::size_t octet = 0; octet < 0x20; ++octet) table[octet] = true;
  table['"'] = true;
  table['\\'] = true;
  return table;
}();

// True if one of the eight octets of `word` is in the table; one pass of arithmetic, no branches.
bool has_escape(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t v) { return (v - ones) & ~v & tops; };
  const std::uint64_t control = (word - ones * 0x20) & ~word & tops;
  return (control | has_zero(word ^ (ones * '"')) | has_zero(word ^ (ones * '\\'))) != 0;
}

// Copies octets until the first that must be escaped, and moves both pointers behind what it did.
void copy_plain(const char*& from, const char* end, char*& to) {
  while (end - from >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    if (has_escape(word)) break;
    std::memcpy(to, &word, sizeof word);
    from += 8;
    to += 8;
  }
  while (from != end && !must_escape[static_cast<unsigned char>(*from)]) *to++ = *from++;
}

}  // namespace

void JsonSink::value(const Json& value) {
  if (const std::string* text = value.as_string()) {
    string(*text);
  } else if (const JsonNumber* its_number = value.as_number()) {
    number(*its_number);
  } else if (const JsonObject* object = value.as_object()) {
    this->value(*object);
  } else if (const JsonArray* array = value.as_array()) {
    begin_array();
    for (const Json& element : *array) this->value(element);
    end_array();
  } else if (const bool* its_boolean = value.as_bool()) {
    boolean(*its_boolean);
  } else {
    null();
  }
}

void JsonSink::value(const JsonObject& object) {
  begin_object();
  for (const JsonMember& member : object) {
    name(member.name);
    value(member.value);
  }
  end_object();
}

void JsonTextSink::name(std::string_view name) {
  separate();
  quote(name);
  put(':');
  follows_a_value_ = false;
}

void JsonTextSink::string(std::string_view text) {
  separate();
  quote(text);
  follows_a_value_ = true;
}

std::string JsonTextSink::take() && {
  text_.resize(size_);
  return std::move(text_);
}

void JsonTextSink::grow(std::size_t octets) {
  text_.resize(std::max(2 * text_.size(), size_ + octets));
}

void JsonTextSink::literal(std::string_view text) {
  separate();
  std::memcpy(room(text.size()), text.data(), text.size());
  size_ += text.size();
  follows_a_value_ = true;
}

void JsonTextSink::quote(std::string_view text) {
  const char* from = text.data();
  const char* const end = from + text.size();
  char* to = room(text.size() + 2);
  *to++ = '"';
  copy_plain(from, end, to);
  while (from != end) {
    size_ = static_cast<std::size_t>(to - text_.data());
    escape(static_cast<unsigned char>(*from++));
    to = room(static_cast<std::size_t>(end - from) + 1);
    copy_plain(from, end, to);
  }
  *to++ = '"';
  size_ = static_cast<std::size_t>(to - text_.data());
}

void JsonTextSink::escape(unsigned char octet) {
  put('\\');
  switch (octet) {
    case '"':
      return put('"');
    case '\\':
      return put('\\');
    case '\b':
      return put('b');
    case '\f':
      return put('f');
    case '\n':
      return put('n');
    case '\r':
      return put('r');
    case '\t':
      return put('t');
    default:
      break;
  }
  constexpr std::string_view hex = "0123456789abcdef";
  for (const char c : {'u', '0', '0', hex[octet >> 4], hex[octet & 15]}) put(c);
}

void JsonTreeSink::close() {
  Json value = std::move(open_.back().value);
  open_.pop_back();
  put(std::move(value));
}

void JsonTreeSink::put(Json value) {
  if (open_.empty()) {
    root_ = std::move(value);
  } else if (JsonArray* array = open_.back().value.as_array()) {
    array->push_back(std::move(value));
  } else {
    open_.back().value.as_object()->insert_or_assign(std::move(open_.back().name),
                                                     std::move(value));
  }
}

std::string to_text(const Json& value) {
  JsonTextSink sink(256);
  sink.value(value);
  return std::move(sink).take();
}

}  // namespace tocsin
