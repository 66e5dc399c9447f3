// Whose transmitter a verb calls, and how we prove who we are.
#pragma once

#include <string>

#include "app/upstream_client.h"
#include "cli/verb.h"

namespace tocsin::cli {

struct UpstreamFlags {
  app::UpstreamCaller caller;
  std::string token;  // references: file:PATH or env:NAME
  std::string secret;

  // ISSUER, --metadata-url and --ca.
  void add_place_to(CLI::App& verb);
  // And --token, or --client, --secret, --token-url and --scope.
  void add_to(CLI::App& verb);

  // Reads the secrets. config_invalid, file_unreadable, file_mode.
  Result<app::UpstreamCaller> finish() const;
};

}  // namespace tocsin::cli
