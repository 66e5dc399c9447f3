// Who calls a transmitter, as the verbs that do so are told.
#pragma once

#include <memory>
#include <string>

#include "app/api_client.h"
#include "cli/verb.h"

namespace tocsin::cli {

struct ApiFlags {
  std::string base;    // URL of the transmitter
  std::string secret;  // a reference: file:PATH or env:NAME
  app::ApiCaller caller;

  void add_to(CLI::App& verb);

  // Reads the secret. config_invalid, file_unreadable, file_mode, url_syntax.
  Result<app::ApiCaller> finish() const;
  std::string url(const std::string& path) const;
};

}  // namespace tocsin::cli
