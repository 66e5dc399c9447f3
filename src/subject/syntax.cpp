#include "subject/syntax.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/ascii.h"
#include "base/uri.h"

namespace tocsin::subject {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_letter(char c) {
  return is_upper(c) || is_lower(c);
}
constexpr bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool is_printable(char c) {
  return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
}
constexpr bool is_atext(char c) {
  constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~";
  return is_letter(c) || is_digit(c) || is_beyond_ascii(c) ||
         marks.find(c) != std::string_view::npos;
}

// Atoms parted by single dots.
bool is_dot_atom(std::string_view text) {
  bool atom = false;
  for (const char c : text) {
    if (c == '.') {
      if (!atom) return false;
      atom = false;
    } else {
      if (!is_atext(c)) return false;
      atom = true;
    }
  }
  return atom;
}

// "..." with \ before any printable character, space or tab; folding white space only as itself.
bool is_quoted_string(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return false;
    if (text[i] == '\\' && ++i == text.size()) return false;
    if (!is_printable(text[i]) && text[i] != ' ' && text[i] != '\t') return false;
  }
  return true;
}

bool is_domain_literal(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
  return std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) {
    return is_printable(c) && c != '[' && c != ']' && c != '\\';
  });
}

constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c - 'A' + 10;
}

// Percent-encoding as RFC 3986 section 6.2.2 normalises it: unreserved characters stand for
// themselves, all others keep two capital digits. `text` has only whole triplets.
void append_normalised(std::string& out, std::string_view text, bool lower) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += lower ? ascii_lower(text[i]) : text[i];
      continue;
    }
    const int octet = hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]);
    i += 2;
    const char c = static_cast<char>(octet);
    if (is_uri_unreserved(std::string_view(&c, 1))) {
      out += lower ? ascii_lower(c) : c;
    } else {
      out += '%';
      out += digits[static_cast<std::size_t>(octet >> 4)];
      out += digits[static_cast<std::size_t>(octet & 15)];
    }
  }
}

}  // namespace

bool is_addr_spec(std::string_view text) noexcept {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  return (is_dot_atom(local) || is_quoted_string(local)) &&
         (is_dot_atom(domain) || is_domain_literal(domain));
}

bool is_did_url(std::string_view text) noexcept {
  constexpr std::string_view scheme = "did:";
  if (!text.starts_with(scheme)) return false;
  text.remove_prefix(scheme.size());

  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  for (const char c : text.substr(0, colon)) {
    if (!is_lower(c) && !is_digit(c)) return false;
  }
  text.remove_prefix(colon + 1);

  // The identifier: letters, digits, . - _ : and percent-encoding; it does not end in a colon.
  const std::string_view id = text.substr(0, std::min(text.find_first_of("/?#"), text.size()));
  if (id.empty() || id.back() == ':' || !is_uri_path(id)) return false;
  for (const char c : id) {
    if (!is_letter(c) && !is_digit(c) &&
        std::string_view(".-_:%").find(c) == std::string_view::npos)
      return false;
  }
  text.remove_prefix(id.size());

  const std::size_t hash = text.find('#');
  if (hash != std::string_view::npos && !is_uri_query(text.substr(hash + 1))) return false;
  text = text.substr(0, hash);
  const std::size_t question = text.find('?');
  if (question != std::string_view::npos && !is_uri_query(text.substr(question + 1))) return false;
  return is_uri_path(text.substr(0, question));
}

bool is_scim_path(std::string_view text) noexcept {
  if (text.empty() || text.starts_with("//") || !is_uri_path(text)) return false;
  const std::string_view first = text.substr(0, text.find('/'));
  return first.find(':') == std::string_view::npos;  // or it would be a scheme
}

bool is_nc_name(std::string_view text) noexcept {
  if (text.empty()) return false;
  const auto starts = [](char c) { return is_letter(c) || c == '_' || is_beyond_ascii(c); };
  return starts(text.front()) && std::ranges::all_of(text, [&starts](char c) {
           return starts(c) || is_digit(c) || c == '-' || c == '.';
         });
}

bool has_control_character(std::string_view text) noexcept {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  // Eight at a time: an octet at which one of the two subtractions borrows has its top bit set.
  // Octets above 127 may set it as well, so a hit is only a reason to look closely.
  constexpr std::uint64_t ones = 0x0101010101010101;
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    const std::uint64_t suspect = (word - ones * 0x20) | ((word ^ (ones * 0x7f)) - ones);
    if ((suspect & ones * 0x80) != 0 && std::ranges::any_of(text.substr(0, 8), is_control)) {
      return true;
    }
    text.remove_prefix(8);
  }
  return std::ranges::any_of(text, is_control);
}

std::string canonical_email(std::string_view text) {
  std::string email(text);
  const std::size_t at = email.rfind('@');
  if (at == std::string::npos) return email;
  for (std::size_t i = at + 1; i < email.size(); ++i) email[i] = ascii_lower(email[i]);
  return email;
}

std::optional<std::string> canonical_account(std::string_view text) {
  constexpr std::string_view scheme = "acct:";
  if (!starts_with_ignoring_case(text, scheme)) return std::nullopt;
  text.remove_prefix(scheme.size());
  const std::size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos) return std::nullopt;
  const std::string_view user = text.substr(0, at);
  const std::string_view host = text.substr(at + 1);
  if (!is_uri_name(user) || !is_uri_host(host)) return std::nullopt;
  std::string account;
  append_normalised(account, user, false);
  account += '@';
  append_normalised(account, host, true);
  return account;
}

std::optional<std::string> canonical_phone_number(std::string_view text) {
  std::string number;
  number.reserve(text.size());
  for (const char c : text) {
    if (std::string_view(" -.()").find(c) == std::string_view::npos) number += c;
  }
  if (!is_strict_phone_number(number)) return std::nullopt;
  return number;
}

bool is_strict_phone_number(std::string_view text) noexcept {
  constexpr std::size_t digits_max = 15;
  if (text.size() < 3 || text.size() > digits_max + 1) return false;
  return text[0] == '+' && text[1] != '0' && std::ranges::all_of(text.substr(1), is_digit);
}

}  // namespace tocsin::subject
