// The writer: one text per tree.
#include "tocsin/json.h"

namespace tocsin {
namespace {

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
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto octet = static_cast<unsigned char>(text[i]);
      if (octet >= 0x20 && octet != '"' && octet != '\\') continue;
      out_.append(text, done, i - done);
      escape(octet);
      done = i + 1;
    }
    out_.append(text, done, text.size() - done);
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
