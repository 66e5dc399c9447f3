// Where encoders write JSON. Each type has one encoder, written against JsonSink; whether a text or
// a tree comes out is the choice of whoever makes the sink.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/json.h"

namespace tocsin {

// Takes one JSON value piece by piece, in the order of its text. The writer keeps the grammar: in
// an object a name before each value, no name twice, an end for each begin.
class JsonSink {
 public:
  virtual void begin_object() = 0;
  virtual void end_object() = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void name(std::string_view name) = 0;
  virtual void string(std::string_view text) = 0;
  virtual void number(const JsonNumber& number) = 0;
  virtual void boolean(bool value) = 0;
  virtual void null() = 0;

  void member(std::string_view its_name, std::string_view text) {
    name(its_name);
    string(text);
  }

  // Whole values, as they stand.
  void value(const Json& value);
  void value(const JsonObject& object);

 protected:
  ~JsonSink() = default;
};

// Writes the text that to_text() describes.
class JsonTextSink final : public JsonSink {
 public:
  // `expected`: octets the text will most likely have room in.
  explicit JsonTextSink(std::size_t expected) : text_(expected, '\0') {}

  void begin_object() override { open('{'); }
  void end_object() override { close('}'); }
  void begin_array() override { open('['); }
  void end_array() override { close(']'); }
  void name(std::string_view name) override;
  void string(std::string_view text) override;
  void number(const JsonNumber& number) override { literal(number.text()); }
  void boolean(bool value) override { literal(value ? "true" : "false"); }
  void null() override { literal("null"); }

  std::string take() &&;

 private:
  // Where the next octet goes; the text has room for `octets` from there on.
  char* room(std::size_t octets) {
    if (text_.size() - size_ < octets) grow(octets);
    return text_.data() + size_;
  }
  void grow(std::size_t octets);
  void put(char c) {
    *room(1) = c;
    ++size_;
  }
  void separate() {
    if (follows_a_value_) put(',');
  }
  void open(char bracket) {
    separate();
    put(bracket);
    follows_a_value_ = false;
  }
  void close(char bracket) {
    put(bracket);
    follows_a_value_ = true;
  }
  void literal(std::string_view text);
  void quote(std::string_view text);
  void escape(unsigned char octet);

  std::string text_;  // its first `size_` octets are written
  std::size_t size_ = 0;
  bool follows_a_value_ = false;
};

// Builds the tree.
class JsonTreeSink final : public JsonSink {
 public:
  void begin_object() override { open_.push_back({{}, JsonObject()}); }
  void end_object() override { close(); }
  void begin_array() override { open_.push_back({{}, JsonArray()}); }
  void end_array() override { close(); }
  void name(std::string_view name) override { open_.back().name = name; }
  void string(std::string_view text) override { put(text); }
  void number(const JsonNumber& number) override { put(number); }
  void boolean(bool value) override { put(value); }
  void null() override { put(nullptr); }

  Json take() && { return std::move(root_); }

 private:
  struct Container {
    std::string name;  // of the member that comes next
    Json value;
  };
  void close();
  void put(Json value);

  std::vector<Container> open_;
  Json root_;
};

}  // namespace tocsin
