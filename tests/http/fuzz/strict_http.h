// A second reader of HTTP/1.1, for the fuzz targets only: whole texts, split at separators, no
// state kept between bytes. Slow and plain, so that it is wrong in other places than wire.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tocsin::fuzz {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct StrictHead {
  std::vector<std::string> first_line;  // split at its first two spaces
  Fields fields;
};

inline bool in(char c, const std::string& set) {
  return set.find(c) != std::string::npos;
}

inline const std::string digits = "0123456789";
inline const std::string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
inline const std::string token_set = letters + digits + "!#$%&'*+-.^_`|~";

inline bool only(const std::string& text, const std::string& set) {
  return text.find_first_not_of(set) == std::string::npos;
}

inline std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

inline std::string trim(std::string text) {
  while (!text.empty() && in(text.back(), " \t")) text.pop_back();
  while (!text.empty() && in(text.front(), " \t")) text.erase(0, 1);
  return text;
}

// Lines of a text in which every line ends in CRLF; nothing otherwise.
inline std::optional<std::vector<std::string>> crlf_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::string rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    if (end == std::string::npos) return std::nullopt;
    lines.push_back(rest.substr(0, end));
    rest = rest.substr(end + 2);
  }
  for (const std::string& line : lines) {
    for (const char c : line) {
      const int octet = static_cast<unsigned char>(c);
      if ((octet < 32 && octet != 9) || octet == 127) return std::nullopt;
    }
  }
  return lines;
}

// Comma-separated tokens, some of them missing.
inline bool strict_token_list(const std::string& value) {
  std::string rest = value + ",";
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (!only(trim(rest.substr(0, comma)), token_set)) return false;
    rest = rest.substr(comma + 1);
  }
  return true;
}

inline std::optional<StrictHead> strict_head(const std::string& text) {
  if (text.size() > 16 * 1024) return std::nullopt;
  auto lines = crlf_lines(text);
  if (!lines || lines->size() < 2 || !lines->back().empty()) return std::nullopt;
  lines->pop_back();
  StrictHead head;
  std::string first = lines->front();
  for (int part = 0; part < 2; ++part) {
    const std::size_t space = first.find(' ');
    if (space == std::string::npos) return std::nullopt;
    head.first_line.push_back(first.substr(0, space));
    first = first.substr(space + 1);
  }
  head.first_line.push_back(first);
  for (std::size_t i = 1; i < lines->size(); ++i) {
    const std::string& line = (*lines)[i];
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    if (!only(line.substr(0, colon), token_set)) return std::nullopt;
    head.fields.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
    const auto& [name, value] = head.fields.back();
    const bool is_list = lower(name) == "connection" || lower(name) == "proxy-connection";
    if (is_list && !strict_token_list(value)) return std::nullopt;
  }
  if (head.fields.size() > 100) return std::nullopt;
  return head;
}

inline std::vector<std::string> values(const Fields& fields, const std::string& name) {
  std::vector<std::string> found;
  for (const auto& [field, value] : fields) {
    if (lower(field) == name) found.push_back(value);
  }
  return found;
}

enum class StrictFraming { none, length, chunked };

struct StrictBody {
  StrictFraming framing = StrictFraming::none;
  std::uint64_t length = 0;
};

inline std::optional<StrictBody> strict_framing(const Fields& fields, bool http11) {
  const auto lengths = values(fields, "content-length");
  const auto codings = values(fields, "transfer-encoding");
  if (lengths.empty() && codings.empty()) return StrictBody{};
  if (lengths.size() + codings.size() != 1) return std::nullopt;
  if (!codings.empty()) {
    if (!http11 || lower(codings[0]) != "chunked") return std::nullopt;
    return StrictBody{StrictFraming::chunked, 0};
  }
  if (lengths[0].empty() || !only(lengths[0], digits)) return std::nullopt;
  StrictBody body{StrictFraming::length, 0};
  for (const char c : lengths[0]) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (body.length > (UINT64_MAX - digit) / 10) return std::nullopt;
    body.length = body.length * 10 + digit;
  }
  return body;
}

inline bool strict_host(const std::string& host) {
  return !host.empty() && only(host, letters + digits + "-._~%[]:");
}

// Path and query of a request target.
inline std::optional<std::pair<std::string, std::string>> strict_target(std::string target) {
  for (const std::string scheme : {"http://", "https://"}) {
    if (lower(target).rfind(scheme, 0) != 0) continue;
    target = target.substr(scheme.size());
    const std::size_t slash = target.find('/');
    if (slash == std::string::npos || !strict_host(target.substr(0, slash))) return std::nullopt;
    target = target.substr(slash);
    break;
  }
  if (target.empty() || target[0] != '/') return std::nullopt;
  if (!only(target, letters + digits + "-._~:/?@!$&'()*+,;=%")) return std::nullopt;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] != '%') continue;
    const std::string two = target.substr(i + 1, 2);
    if (two.size() != 2 || !only(two, digits + "abcdefABCDEF")) return std::nullopt;
  }
  const std::size_t question = target.find('?');
  if (question == std::string::npos) return std::make_pair(target, std::string());
  return std::make_pair(target.substr(0, question), target.substr(question + 1));
}

inline bool strict_has_token(const Fields& fields, const std::string& name,
                             const std::string& token) {
  for (const std::string& value : values(fields, name)) {
    std::string rest = value + ",";
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      if (lower(trim(rest.substr(0, comma))) == token) return true;
      rest = rest.substr(comma + 1);
    }
  }
  return false;
}

struct StrictChunks {
  std::string body;
  std::size_t used = 0;  // bytes up to the end of the body
};

// The chunked body at the front of `bytes`; nothing if it is malformed, too large or not whole.
inline std::optional<StrictChunks> strict_chunks(const std::string& bytes, std::size_t body_max) {
  StrictChunks result;
  std::size_t decoration = 0;
  const auto next_line = [&]() -> std::optional<std::string> {
    const std::size_t end = bytes.find("\r\n", result.used);
    if (end == std::string::npos) return std::nullopt;
    const std::string line = bytes.substr(result.used, end - result.used);
    result.used = end + 2;
    if (!crlf_lines(line + "\r\n")) return std::nullopt;
    return line;
  };
  while (true) {
    const auto line = next_line();
    if (!line) return std::nullopt;
    const std::string size = line->substr(0, line->find(';'));
    if (size.empty() || size.size() > 15 || !only(size, digits + "abcdefABCDEF")) {
      return std::nullopt;
    }
    // The extension with the CR that ends it, without its first semicolon.
    if (size.size() < line->size()) decoration += line->size() - size.size();
    if (decoration > 16 * 1024) return std::nullopt;
    const std::size_t length = std::stoull(size, nullptr, 16);
    if (length == 0) break;
    if (length > body_max - result.body.size()) return std::nullopt;
    if (bytes.size() - result.used < length + 2) return std::nullopt;
    result.body += bytes.substr(result.used, length);
    if (bytes.substr(result.used + length, 2) != "\r\n") return std::nullopt;
    result.used += length + 2;
  }
  while (true) {
    const auto line = next_line();
    if (!line) return std::nullopt;
    decoration += line->size() + 1;
    if (decoration > 16 * 1024) return std::nullopt;
    if (line->empty()) return result;
    const std::size_t colon = line->find(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    if (!only(line->substr(0, colon), token_set)) return std::nullopt;
  }
}

}  // namespace tocsin::fuzz
