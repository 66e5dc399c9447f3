// The keys a verb verifies with.
#pragma once

#include <string>

#include "cli/verb.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::cli {

struct KeySource {
  std::string keys;  // a JWKS or PEM file

  CLI::Option* add_to(CLI::App& verb);
  bool is_named() const noexcept { return !keys.empty(); }

  // The keys that are named.
  Result<KeySet> load() const;
};

}  // namespace tocsin::cli
