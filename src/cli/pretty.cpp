#include "cli/pretty.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "base/utf8.h"
#include "cli/printable.h"

namespace tocsin::cli {
namespace {

constexpr std::size_t string_shown_max = 1024;  // octets

// Members that hold a NumericDate wherever they occur in a SET.
constexpr std::array<std::string_view, 6> time_members{"iat", "nbf",       "exp",
                                                       "toe", "auth_time", "event_timestamp"};

// Writes one value; each level is two spaces deeper.
class Writer {
 public:
  explicit Writer(const PrettyStyle& style) : style_(style) {}

  void write(const Json& value, std::string_view member_name) {
    if (const JsonObject* object = value.as_object(); object != nullptr && !object->empty()) {
      write_object(*object);
    } else if (const JsonArray* array = value.as_array(); array != nullptr && !array->empty()) {
      write_array(*array);
    } else {
      write_scalar(value, member_name);
    }
  }

  std::string text() && { return std::move(text_); }

 private:
  void write_object(const JsonObject& object) {
    open('{');
    std::size_t left = object.size();
    for (const JsonMember& member : object) {
      text_ += printable_json(to_text(member.name)) + ": ";
      write(member.value, member.name);
      end_element(--left);
    }
    close('}');
  }

  void write_array(const JsonArray& array) {
    open('[');
    std::size_t left = array.size();
    for (const Json& element : array) {
      write(element, {});
      end_element(--left);
    }
    close(']');
  }

  void write_scalar(const Json& value, std::string_view member_name) {
    const std::string* string = value.as_string();
    if (style_.annotated && string != nullptr && string->size() > string_shown_max) {
      text_ += printable_json(to_text(utf8_prefix(*string, string_shown_max)));
      comment_ = "cut: " + std::to_string(string->size()) + " bytes";
      return;
    }
    text_ += printable_json(to_text(value));
    if (style_.annotated) comment_ = date_of(value, member_name);
  }

  static std::string date_of(const Json& value, std::string_view member_name) {
    const JsonNumber* number = value.as_number();
    if (number == nullptr) return {};
    if (std::find(time_members.begin(), time_members.end(), member_name) == time_members.end()) {
      return {};
    }
    const auto seconds = number->as_int64();
    return seconds ? to_date(std::chrono::sys_seconds(std::chrono::seconds(*seconds))) : "";
  }

  void open(char bracket) {
    text_ += bracket;
    ++depth_;
    break_line();
  }

  void close(char bracket) {
    --depth_;
    text_.resize(text_.size() - 2);  // the last line began a level deeper
    text_ += bracket;
  }

  void end_element(std::size_t left) {
    if (left > 0) text_ += ',';
    if (!comment_.empty()) text_ += "  // " + comment_;
    comment_.clear();
    break_line();
  }

  void break_line() {
    text_ += '\n';
    text_.append(depth_ * 2, ' ');
  }

  const PrettyStyle style_;
  std::string text_;
  std::string comment_;  // for the end of the line being written
  std::size_t depth_ = 0;
};

}  // namespace

std::string to_pretty(const Json& value, const PrettyStyle& style) {
  Writer writer(style);
  writer.write(value, {});
  return std::move(writer).text();
}

std::string to_date(std::chrono::sys_seconds time) {
  constexpr std::int64_t year_0 = -62167219200;
  constexpr std::int64_t year_10000 = 253402300800;
  const std::int64_t seconds = time.time_since_epoch().count();
  if (seconds < year_0 || seconds >= year_10000) return std::to_string(seconds);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace tocsin::cli
