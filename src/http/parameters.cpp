#include "http/parameters.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/try.h"
#include "base/utf8.h"

namespace tocsin::http {
namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

Result<std::string> decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return Error(Errc::http_request, "cut escape");
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return Error(Errc::http_request, "broken escape");
    decoded += static_cast<char>(high << 4 | low);
    i += 2;
  }
  if (!is_utf8(decoded) || std::ranges::any_of(decoded, is_control)) {
    return Error(Errc::http_request, "a parameter is not plain UTF-8");
  }
  return decoded;
}

}  // namespace

Result<Parameters> Parameters::parse(std::string_view text) {
  Parameters parameters;
  while (!text.empty()) {
    const std::size_t ampersand = text.find('&');
    const std::string_view pair = text.substr(0, ampersand);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    TOCSIN_TRY(std::string name, decode(pair.substr(0, equals)));
    TOCSIN_TRY(std::string value, decode(pair.substr(std::min(equals + 1, pair.size()))));
    if (name.empty()) return Error(Errc::http_request, "a parameter without a name");
    if (parameters.find(name) != nullptr) {
      return Error(Errc::http_request, "a parameter comes twice");
    }
    if (parameters.size() == parameters_max) {
      return Error(Errc::http_request, "too many parameters");
    }
    parameters.pairs_.emplace_back(std::move(name), std::move(value));
    if (ampersand == std::string_view::npos) break;
    text.remove_prefix(ampersand + 1);
    if (text.empty()) return Error(Errc::http_request, "a parameter without a name");
  }
  return parameters;
}

const std::string* Parameters::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(pairs_, name, &std::pair<std::string, std::string>::first);
  return found == pairs_.end() ? nullptr : &found->second;
}

void append_encoded(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out += '%';
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
}

}  // namespace tocsin::http
