// Keys from where their issuer publishes them, for a command line that waits for the answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ip_network.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::app {

struct FetchOptions {
  std::string ca_file;              // PEM; empty: the authorities the system trusts
  std::vector<IpNetwork> networks;  // called although they are not global (SEC-40)
};

// The key set behind the metadata of `issuer` (SSF 1.0 section 7.2), or at an https URL. Blocks for
// the deadlines of one or two calls. Errors: url_syntax, metadata_*, jwks_structure, the json_ and
// net_ families, config_invalid and file_unreadable for the options.
Result<KeySet> fetch_issuer_keys(const std::string& issuer, const FetchOptions& options);
Result<KeySet> fetch_keys(std::string_view url, const FetchOptions& options);

}  // namespace tocsin::app
