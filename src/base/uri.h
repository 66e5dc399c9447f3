// The generic URI syntax of RFC 3986, as a question only: is this text a URI? Nothing is resolved,
// normalised or connected to; base/url.h parses the https URLs we call.
#pragma once

#include <string_view>

namespace tocsin {

// `URI` of RFC 3986 section 3: a scheme, then legal characters in legal places; a query and a
// fragment are allowed. A relative reference is not a URI.
bool is_uri(std::string_view text) noexcept;

// StringOrURI of RFC 7519 section 2: with a colon it must be a URI, without one anything goes.
bool is_string_or_uri(std::string_view text) noexcept;

// The parts of a URI, each as RFC 3986 spells it. All but the host may be empty.
bool is_uri_host(std::string_view text) noexcept;   // reg-name, IPv4 or [IPv6]; not empty; no port
bool is_uri_name(std::string_view text) noexcept;   // *( unreserved / pct-encoded / sub-delims )
bool is_uri_path(std::string_view text) noexcept;   // *( pchar / "/" )
bool is_uri_query(std::string_view text) noexcept;  // *( pchar / "/" / "?" ); fragments, too

// Only A-Z a-z 0-9 - . _ ~ (section 2.3).
bool is_uri_unreserved(std::string_view text) noexcept;

}  // namespace tocsin
