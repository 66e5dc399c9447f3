// The writer: one text per tree.
#include <array>
#include <cstdint>
#include <cstring>

#include "tocsin/json.h"

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

// True if one of the eight octets at `data` is in the table; one pass of arithmetic, no branches.
bool has_escape_in_eight(const char* data) {
  std::uint64_t word = 0;
  std::memcpy(&word, data, sizeof word);
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t v) { return (v - ones) & ~v & tops; };
  const std::uint64_t control = (word - ones * 0x20) & ~word & tops;
  return (control | has_zero(word ^ (ones * '"')) | has_zero(word ^ (ones * '\\'))) != 0;
}

// The first position from `start` on whose octet must be escaped; text.size() if there is none.
std::size_t plain_until(const std::string& text, std::size_t start) {
  std::size_t i = start;
  while (i + 8 <= text.size() && !has_escape_in_eight(text.data() + i)) i += 8;
  while (i < text.size() && !must_escape[static_cast<unsigned char>(text[i])]) ++i;
  return i;
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void write(const Json& value) {
    if (const std::string* text = value.as_string()) {
      write(*text);
    } else if (const JsonNumber* number = value.as_number()) {
      out_ += number->text();
    } else if (const JsonObject* object = value.as_object()) {
      write(*object);
    } else if (const JsonArray* array = value.as_array()) {
      write(*array);
    } else if (const bool* boolean = value.as_bool()) {
      out_ += *boolean ? "true" : "false";
    } else {
      out_ += "null";
    }
  }

 private:
  void write(const JsonObject& object) {
    char separator = '{';
    for (const JsonMember& member : object) {
      out_ += separator;
      separator = ',';
      write(member.name);
      out_ += ':';
      write(member.value);
    }
    if (object.empty()) out_ += '{';
    out_ += '}';
  }

  void write(const JsonArray& array) {
    char separator = '[';
    for (const Json& element : array) {
      out_ += separator;
      separator = ',';
      write(element);
    }
    if (array.empty()) out_ += '[';
    out_ += ']';
  }

  void write(const std::string& text) {
    out_ += '"';
    std::size_t done = 0;
    std::size_t next = 0;
    while ((next = plain_until(text, done)) != text.size()) {
      out_.append(text, done, next - done);
      escape(static_cast<unsigned char>(text[next]));
      done = next + 1;
    }
    out_.append(text, done, next - done);
    out_ += '"';
  }

  void escape(unsigned char octet) {
    out_ += '\\';
    switch (octet) {
      case '"':
        out_ += '"';
        return;
      case '\\':
        out_ += '\\';
        return;
      case '\b':
        out_ += 'b';
        return;
      case '\f':
        out_ += 'f';
        return;
      case '\n':
        out_ += 'n';
        return;
      case '\r':
        out_ += 'r';
        return;
      case '\t':
        out_ += 't';
        return;
      default:
        break;
    }
    constexpr std::string_view hex = "0123456789abcdef";
    out_ += "u00";
    out_ += hex[octet >> 4];
    out_ += hex[octet & 15];
  }

  std::string& out_;
};

}  // namespace

std::string to_text(const Json& value) {
  std::string text;
  text.reserve(256);
  Writer(text).write(value);
  return text;
}

}  // namespace tocsin
