// What we say about ourselves as a protected resource (RFC 9728): who gives tokens for us, and with
// which scopes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"
#include "tocsin/result.h"

namespace tocsin::oauth {

struct ProtectedResource {
  std::string resource;  // our resource identifier, an https URL without a query
  std::vector<std::string> authorization_servers;  // issuers; static tokens have none
  std::vector<std::string> scopes;
};

// Where the document is: the well-known path inserted between the identifier's host and its path
// (PRM-01). It names our authority as configured, never as a request spells it (SEC-50).
// config_invalid for an identifier that is none.
Result<std::string> resource_metadata_url(std::string_view resource);

// GET of the document, open to all.
Result<http::Route> resource_metadata_route(const ProtectedResource& resource);

}  // namespace tocsin::oauth
