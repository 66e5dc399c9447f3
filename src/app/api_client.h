// Calls that a command line makes and waits for: a token, and events handed in.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "http/client.h"
#include "oauth/token_client.h"
#include "tocsin/result.h"

namespace tocsin::app {

// Who calls, and whom it trusts.
struct ApiCaller {
  std::string ca_file;  // PEM; empty: the authorities the system trusts
  std::string token_url;
  std::string client_id;
  std::string client_secret;
};

// The operator names the URL, so its host is called wherever it is; plain http only on loopback.
// url_syntax.
Result<Url> parse_api_url(const std::string& text);

inline constexpr std::size_t api_answer_max = 4 * 1024 * 1024;  // octets

// One call on a connection of its own. Errors: the net_ family.
Result<http::Response> send_once(http::OutboundRequest request, const std::string& ca_file);

// By client credentials (RFC 6749 4.4); `scope` may be empty. client_invalid and token_* for what
// the server refuses, the net_ family.
Result<oauth::GrantedToken> fetch_access_token(const ApiCaller& caller, const std::string& scope);

// One request to the events endpoint with the answer of the server, whatever its status.
// `type` is application/json or application/x-ndjson.
Result<http::Response> post_events(const ApiCaller& caller, const std::string& events_url,
                                   const std::string& type, std::string body);

}  // namespace tocsin::app
