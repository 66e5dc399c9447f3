// Calls that a command line makes to somebody's transmitter and waits for.
#pragma once

#include <functional>
#include <string>

#include "receiver/transmitter_api.h"
#include "receiver/transmitter_metadata.h"
#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin::app {

// Which transmitter, and how we prove who we are.
struct UpstreamCaller {
  std::string issuer;
  std::string metadata_url{};  // empty: found through the issuer
  std::string ca_file{};       // PEM; empty: the authorities the system trusts
  std::string token{};         // a bearer token; empty: by client credentials
  std::string token_url{};
  std::string client_id{};
  std::string client_secret{};
  std::string scope{};
};

// The metadata as it came, unjudged, with where it was. The operator names the issuer, so its host
// is called wherever it is. Errors: those of receiver::fetch_metadata_document().
Result<receiver::MetadataDocument> discover_transmitter(const UpstreamCaller& caller);

// Fetches the metadata, then does `work` with an API on a loop of its own; its answer. Errors:
// those of receiver::fetch_metadata(), and of `work`.
using UpstreamWork = std::function<http::Task<Result<Json>>(receiver::TransmitterApi& api)>;
Result<Json> call_transmitter(const UpstreamCaller& caller, const UpstreamWork& work);

}  // namespace tocsin::app
