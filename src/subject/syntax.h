// The text of one identifier: is it what its format asks for, and what is its canonical form
// (subjects.md section 4)? No locale, no regular expressions, no Unicode tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin::subject {

// addr-spec of RFC 5322, with the UTF-8 of RFC 6532; no comments, no folding white space.
bool is_addr_spec(std::string_view text) noexcept;

// A DID URL: `did:`, a method name in lower case, an identifier, then path, query and fragment.
bool is_did_url(std::string_view text) noexcept;

// A path relative to a SCIM service provider's base URI, such as /Users/2b2f880a.
bool is_scim_path(std::string_view text) noexcept;

// An xs:ID: a letter or underscore first, no colon. Octets above 127 pass as letters.
bool is_nc_name(std::string_view text) noexcept;

// Characters that no identifier needs and that logs and C strings stumble over (SUB-13).
bool has_control_character(std::string_view text) noexcept;

// The local part exactly, the domain in ASCII lower case. A U-label stays a U-label: there is no
// IDNA here. Text without @ comes back as it is.
std::string canonical_email(std::string_view text);

// user@host of an acct URI (RFC 7565): host in lower case, percent-encoding normalised. Nothing if
// the text is no acct URI.
std::optional<std::string> canonical_account(std::string_view text);

// `+` and digits (E.164), with spaces - . ( ) dropped. Nothing if the text is no such number.
std::optional<std::string> canonical_phone_number(std::string_view text);

// `+` and digits and nothing else: the only form we send.
bool is_strict_phone_number(std::string_view text) noexcept;

}  // namespace tocsin::subject
