// The one parser for URLs we connect to (SEC-39). Whoever connects takes a Url, never a text, so
// there is no second reading of the same bytes for an attacker to disagree with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"
#include "tocsin/result.h"

namespace tocsin {

inline constexpr std::size_t url_size_max = 2048;  // octets

struct Url {
  std::string scheme;      // "https" or "http"
  std::string host;        // a DNS name in lower case, or the short text of `literal`, no brackets
  std::uint16_t port = 0;  // never 0 once parsed
  std::string path;        // as written: "" or starting with "/"
  std::optional<std::string> query;  // as written, without the "?"
  std::optional<IpAddress> literal;  // the host, where it is an address

  bool is_https() const noexcept { return scheme == "https"; }

  // Host and, unless it is the scheme's own, port: the value of a Host header.
  std::string authority() const;
  // "https://receiver.example.com:8443": where credentials for this URL may go (SEC-43).
  std::string origin() const;
  // What a request line carries: never empty.
  std::string target() const;
  // Parses back to the same Url.
  std::string to_text() const;

  friend bool operator==(const Url&, const Url&) = default;
};

enum class PlainHttp : bool { refused, allowed };

// Accepts an absolute https URL (http only if `plain_http` allows it) of at most 2 KiB whose host
// is a DNS name of letters, digits and hyphens (an internationalised one as A-labels), a dotted
// decimal IPv4 address or a bracketed IPv6 address. Refuses user-info, a fragment, ports outside
// 1-65535, dot segments, anything RFC 3986 wants escaped, and every host that some other software
// reads as a number (127.1, 0x7f000001, 0177.0.0.1, 2130706433). Error: url_syntax; its detail says
// what was wrong and never quotes the URL.
Result<Url> parse_url(std::string_view text, PlainHttp plain_http = PlainHttp::refused);

}  // namespace tocsin
