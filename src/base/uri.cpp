#include "base/uri.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ip_address.h"

namespace tocsin {
namespace {

enum : std::uint8_t {
  alpha = 1,
  digit = 2,
  mark = 4,         // - . _ ~
  sub_delims = 8,   // ! $ & ' ( ) * + , ; =
  pchar_more = 16,  // : @
  slash = 32,
  question = 64,
  hex = 128,
};

constexpr std::uint8_t unreserved = alpha | digit | mark;
constexpr std::uint8_t name = unreserved | sub_delims;
constexpr std::uint8_t path = name | pchar_more | slash;
constexpr std::uint8_t query = path | question;

constexpr auto classes = [] {
  std::array<std::uint8_t, 256> table{};
  const auto add = [&table](std::string_view characters, std::uint8_t bits) {
    for (const char c : characters) table[static_cast<unsigned char>(c)] |= bits;
  };
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", alpha);
  add("0123456789", digit);
  add("0123456789ABCDEFabcdef", hex);
  add("-._~", mark);
  add("!$&'()*+,;=", sub_delims);
  add(":@", pchar_more);
  add("/", slash);
  add("?", question);
  return table;
}();

constexpr bool is(char c, std::uint8_t bits) {
  return (classes[static_cast<unsigned char>(c)] & bits) != 0;
}

bool all(std::string_view text, std::uint8_t bits) {
  for (const char c : text) {
    if (!is(c, bits)) return false;
  }
  return true;
}

// As all(), and `%` with two hexadecimal digits is welcome anywhere.
bool all_or_encoded(std::string_view text, std::uint8_t bits) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is(text[i], bits)) continue;
    if (text[i] != '%' || text.size() - i < 3) return false;
    if (!is(text[i + 1], hex) || !is(text[i + 2], hex)) return false;
    i += 2;
  }
  return true;
}

// What stands between the brackets of an IP literal.
bool is_ip_literal(std::string_view text) {
  if (!text.starts_with('v') && !text.starts_with('V')) {
    const auto address = parse_ip_address(text);
    return address && address->family == IpAddress::Family::v6;
  }
  const std::size_t dot = text.find('.');  // IPvFuture
  if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) return false;
  if (!all(text.substr(1, dot - 1), hex)) return false;
  for (const char c : text.substr(dot + 1)) {
    if (!is(c, name) && c != ':') return false;
  }
  return true;
}

// [ userinfo "@" ] host [ ":" port ]; the host may be empty here (file:///etc/hosts).
bool is_authority(std::string_view text) {
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    for (std::size_t start = 0; start <= at;) {  // userinfo: names parted by colons
      const std::size_t colon = std::min(text.find(':', start), at);
      if (!is_uri_name(text.substr(start, colon - start))) return false;
      start = colon + 1;
    }
    text.remove_prefix(at + 1);
  }
  const std::size_t host_end = text.starts_with('[') ? text.find(']') : 0;
  if (host_end == std::string_view::npos) return false;
  if (const std::size_t colon = text.find(':', host_end); colon != std::string_view::npos) {
    if (!all(text.substr(colon + 1), digit)) return false;
    text = text.substr(0, colon);
  }
  return text.empty() || is_uri_host(text);
}

}  // namespace

bool is_uri_host(std::string_view text) noexcept {
  if (text.empty()) return false;
  if (text.front() != '[') return is_uri_name(text);
  return text.size() > 2 && text.back() == ']' && is_ip_literal(text.substr(1, text.size() - 2));
}

bool is_uri_name(std::string_view text) noexcept {
  return all_or_encoded(text, name);
}

bool is_uri_path(std::string_view text) noexcept {
  return all_or_encoded(text, path);
}

bool is_uri_query(std::string_view text) noexcept {
  return all_or_encoded(text, query);
}

bool is_uri_unreserved(std::string_view text) noexcept {
  return all(text, unreserved);
}

bool is_uri(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is(text.front(), alpha)) return false;
  for (const char c : text.substr(0, colon)) {
    if (!is(c, alpha | digit) && c != '+' && c != '-' && c != '.') return false;
  }
  std::string_view rest = text.substr(colon + 1);
  if (const std::size_t hash = rest.find('#'); hash != std::string_view::npos) {
    if (!is_uri_query(rest.substr(hash + 1))) return false;
    rest = rest.substr(0, hash);
  }
  if (const std::size_t mark_at = rest.find('?'); mark_at != std::string_view::npos) {
    if (!is_uri_query(rest.substr(mark_at + 1))) return false;
    rest = rest.substr(0, mark_at);
  }
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::size_t end = std::min(rest.find('/'), rest.size());
    if (!is_authority(rest.substr(0, end))) return false;
    rest.remove_prefix(end);
  }
  return is_uri_path(rest);
}

bool is_string_or_uri(std::string_view text) noexcept {
  return text.find(':') == std::string_view::npos || is_uri(text);
}

}  // namespace tocsin
