// What an issuer publishes about itself, fetched and checked (SSF 1.0 section 7.2, RFC 8414, OpenID
// Connect Discovery 1.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/url.h"
#include "http/client.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::issuer {

using http::Task;

enum class Metadata : std::uint8_t {
  transmitter,           // /.well-known/ssf-configuration, inserted (SSF 7.2.1)
  authorization_server,  // /.well-known/oauth-authorization-server, inserted (RFC 8414 3.1)
  openid_provider,       // /.well-known/openid-configuration, appended (OpenID Discovery 4.1)
};

// Where the metadata of `issuer` is: the well-known path inserted between its host and its path, or
// appended. Refuses what is no issuer: url_syntax for all but https, metadata_value for a query.
Result<Url> metadata_url(std::string_view issuer, Metadata kind = Metadata::transmitter);

struct Discovered {
  Url metadata;  // where it was found
  Url jwks_uri;
};

// The metadata of `issuer`, whose own `issuer` must be the same, octet by octet (SSF 7.2.4). No
// redirect is followed and no other place is tried. `trust` is that of http::OutboundRequest.
// Errors: the net_ family, net_answer for a response that is no 200 with a JSON object,
// metadata_missing, metadata_type, metadata_value.
Task<Result<Discovered>> discover(http::Client& client, std::string issuer,
                                  Metadata kind = Metadata::transmitter, std::string trust = {});

struct JwksFetched {
  KeySet keys;
  std::string etag;           // empty if there was none
  std::string cache_control;  // likewise
  bool unchanged = false;     // 304: `keys` is empty, those behind the ETag are still good
};

// The key set at `url`, or word that the one with this ETag has not changed. Errors: the net_
// family, net_answer, json_*, jwks_structure.
Task<Result<JwksFetched>> fetch_jwks(http::Client& client, Url url, std::string etag = {},
                                     std::string trust = {});

}  // namespace tocsin::issuer
