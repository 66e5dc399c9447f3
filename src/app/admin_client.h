// Calls of the operator's API that a command line makes and waits for.
#pragma once

#include <string>

#include "app/config.h"
#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin::app {

struct AdminCaller {
  std::string url;      // of the admin listener, without a path
  std::string token;    // of [admin]
  std::string ca_file;  // PEM; empty: the authorities the system trusts
};

// Where the process of this configuration listens for its operator.
std::string admin_url(const Config& config);

// The answer's object. What the server refuses is an error that names its member and its rule:
// http_request; token_invalid, http_too_many, http_not_found, stream_unknown, net_answer; and the
// net_ family. url_syntax.
Result<JsonObject> get_admin(const AdminCaller& caller, const std::string& target);
Result<JsonObject> post_admin(const AdminCaller& caller, const std::string& path,
                              const JsonObject& body);

}  // namespace tocsin::app
