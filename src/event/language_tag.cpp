#include "event/language_tag.h"

#include <algorithm>
#include <array>

namespace tocsin {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_alpha(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_alphanumeric(char c) {
  return is_alpha(c) || is_digit(c);
}

// Between `least` and `most` characters, all of one kind.
constexpr bool is_run(std::string_view text, std::size_t least, std::size_t most,
                      bool (*kind)(char)) {
  return text.size() >= least && text.size() <= most && std::ranges::all_of(text, kind);
}

// The subtags of RFC 5646 section 2.1. Each kind has a shape of its own, so a tag is read from left
// to right without looking back.
bool is_short_language(std::string_view text) {
  return is_run(text, 2, 3, is_alpha);
}
bool is_long_language(std::string_view text) {
  return is_run(text, 4, 8, is_alpha);
}
bool is_extended_language(std::string_view text) {
  return is_run(text, 3, 3, is_alpha);
}
bool is_script(std::string_view text) {
  return is_run(text, 4, 4, is_alpha);
}
bool is_region(std::string_view text) {
  return is_run(text, 2, 2, is_alpha) || is_run(text, 3, 3, is_digit);
}
bool is_variant(std::string_view text) {
  return is_run(text, 5, 8, is_alphanumeric) ||
         (is_run(text, 4, 4, is_alphanumeric) && is_digit(text.front()));
}
bool is_private_mark(std::string_view text) {
  return text.size() == 1 && lower(text.front()) == 'x';
}
bool is_singleton(std::string_view text) {
  return is_run(text, 1, 1, is_alphanumeric) && !is_private_mark(text);
}
bool is_extension(std::string_view text) {
  return is_run(text, 2, 8, is_alphanumeric);
}
bool is_private(std::string_view text) {
  return is_run(text, 1, 8, is_alphanumeric);
}

class Subtags {
 public:
  explicit Subtags(std::string_view tag) : rest_(tag) {}

  bool is_done() const { return done_; }

  // Steps over the next subtag if it is of this kind. An empty subtag is of none.
  bool take(bool (*kind)(std::string_view)) {
    if (done_) return false;
    const std::size_t dash = rest_.find('-');
    if (!kind(rest_.substr(0, dash))) return false;
    done_ = dash == std::string_view::npos;
    if (!done_) rest_.remove_prefix(dash + 1);
    return true;
  }

  // One or more.
  bool take_run(bool (*kind)(std::string_view)) {
    if (!take(kind)) return false;
    while (take(kind)) {
    }
    return true;
  }

 private:
  std::string_view rest_;
  bool done_ = false;
};

bool take_language(Subtags& subtags) {
  if (subtags.take(is_long_language)) return true;
  if (!subtags.take(is_short_language)) return false;
  for (int i = 0; i < 3 && subtags.take(is_extended_language); ++i) {
  }
  return true;
}

// `langtag` up to its private use part.
bool take_described(Subtags& subtags) {
  if (!take_language(subtags)) return false;
  subtags.take(is_script);
  subtags.take(is_region);
  subtags.take_run(is_variant);
  while (subtags.take(is_singleton)) {
    if (!subtags.take_run(is_extension)) return false;
  }
  return true;
}

// `privateuse` alone, or `langtag`.
bool take_tag(Subtags& subtags) {
  const bool is_private_alone = subtags.take(is_private_mark);
  if (!is_private_alone && !take_described(subtags)) return false;
  if (!is_private_alone && !subtags.take(is_private_mark)) return true;
  return subtags.take_run(is_private);
}

// Those of RFC 5646's grandfathered tags that the rest of the grammar does not cover.
constexpr std::array<std::string_view, 17> irregular{
    "en-GB-oed", "i-ami", "i-bnn",     "i-default", "i-enochian", "i-hak",
    "i-klingon", "i-lux", "i-mingo",   "i-navajo",  "i-pwn",      "i-tao",
    "i-tay",     "i-tsu", "sgn-BE-FR", "sgn-BE-NL", "sgn-CH-DE",
};

}  // namespace

bool is_same_language(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_language_tag(std::string_view text) noexcept {
  Subtags subtags(text);
  return (take_tag(subtags) && subtags.is_done()) ||
         std::ranges::any_of(irregular, [&](auto tag) { return is_same_language(tag, text); });
}

}  // namespace tocsin
