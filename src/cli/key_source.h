// The keys a verb verifies with: a file, or what an issuer publishes.
#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::cli {

struct KeySource {
  std::string keys;  // a JWKS or PEM file, or the https URL of a JWKS
  std::string ca_file;
  std::vector<std::string> networks;

  void add_to(CLI::App& verb);
  bool is_named() const noexcept { return !keys.empty(); }

  // The keys that are named.
  Result<KeySet> load() const;

  // The keys that are named, or else those in the metadata of `issuer`.
  Result<KeySet> load_or_fetch(const std::string& issuer) const;
};

}  // namespace tocsin::cli
