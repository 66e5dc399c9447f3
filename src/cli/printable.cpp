#include "cli/printable.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/utf8.h"

namespace tocsin::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// What a terminal acts on, or shows nothing for (general categories Cc, Cf, Zl, Zp).
constexpr std::array unprintable{
    Range{0x0, 0x1f},        Range{0x7f, 0x9f},       Range{0xad, 0xad},
    Range{0x600, 0x605},     Range{0x61c, 0x61c},     Range{0x6dd, 0x6dd},
    Range{0x70f, 0x70f},     Range{0x8e2, 0x8e2},     Range{0x180e, 0x180e},
    Range{0x200b, 0x200f},   Range{0x2028, 0x202e},   Range{0x2060, 0x206f},
    Range{0xfeff, 0xfeff},   Range{0xfff9, 0xfffb},   Range{0x110bd, 0x110bd},
    Range{0x110cd, 0x110cd}, Range{0x13430, 0x1343f}, Range{0x1bca0, 0x1bca3},
    Range{0x1d173, 0x1d17a}, Range{0xe0000, 0xe0fff},
};

bool is_printable(char32_t point) {
  return std::none_of(unprintable.begin(), unprintable.end(), [point](const Range& range) {
    return range.first <= point && point <= range.last;
  });
}

// The first character of a text that is not empty; an octet that begins none is `invalid`.
struct Character {
  std::string_view octets;
  char32_t point = 0;
  bool is_invalid = false;
};

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const std::string_view octets = text.substr(0, length);
  if (octets.size() < length || !is_utf8(octets)) return {text.substr(0, 1), lead, true};
  char32_t point = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (const char c : octets.substr(1))
    point = point << 6 | (static_cast<unsigned char>(c) & 0x3fU);
  return {octets, point};
}

std::string hex(char32_t value, std::size_t width) {
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 static_cast<std::uint32_t>(value), 16);
  std::string text(digits.data(), end.ptr);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

std::string text_escape(const Character& character) {
  if (character.is_invalid || character.point < 0x80) return "\\x" + hex(character.point, 2);
  return "\\u{" + hex(character.point, 4) + "}";
}

std::string json_escape(char32_t point) {
  if (point < 0x10000) return "\\u" + hex(point, 4);
  const char32_t rest = point - 0x10000;
  return "\\u" + hex(0xd800 + (rest >> 10), 4) + "\\u" + hex(0xdc00 + (rest & 0x3ff), 4);
}

}  // namespace

std::string printable(std::string_view text, std::size_t octets_max) {
  std::string line;
  std::string_view rest = text;
  while (!rest.empty() && text.size() - rest.size() < octets_max) {
    const Character character = first_character(rest);
    rest.remove_prefix(character.octets.size());
    if (!character.is_invalid && is_printable(character.point)) {
      line += character.octets;
    } else {
      line += text_escape(character);
    }
  }
  if (!rest.empty()) line += "... (" + std::to_string(rest.size()) + " more bytes)";
  return line;
}

std::string printable_json(std::string_view json) {
  std::string text;
  for (std::string_view rest = json; !rest.empty();) {
    const Character character = first_character(rest);
    rest.remove_prefix(character.octets.size());
    // Within a string the writer has escaped line ends already.
    if (character.point == '\n' || is_printable(character.point)) {
      text += character.octets;
    } else {
      text += json_escape(character.point);
    }
  }
  return text;
}

}  // namespace tocsin::cli
