// What a transmitter says of itself (SSF 1.0 section 7), fetched and checked.
#pragma once

#include <optional>
#include <string>

#include "base/url.h"
#include "http/client.h"
#include "tocsin/finding.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin::receiver {

using http::Task;

// Where a transmitter's metadata is to be had. Values of the operator's.
struct MetadataSource {
  std::string issuer;        // what the document must call itself, octet for octet (SSF 7.2.4)
  std::optional<Url> url{};  // where it is; without one, the path inserted into `issuer`
  std::string trust{};       // as in http::OutboundRequest
};

// The whole document, as it came.
struct MetadataDocument {
  Url url;
  Json json;
};

// One GET: no redirect is followed, no other place is guessed (SSF 7.2.1). Errors: url_syntax and
// metadata_value for an issuer that is none, the net_ family, net_answer for what is no 200 with
// JSON.
Task<Result<MetadataDocument>> fetch_metadata_document(http::Client& client, MetadataSource source);

// And read: parse_metadata(). Nothing of a document that fails may be used (SSF 7.2.4).
Task<Result<TransmitterMetadata>> fetch_metadata(http::Client& client, MetadataSource source,
                                                 Strictness strictness = Strictness::strict);

}  // namespace tocsin::receiver
