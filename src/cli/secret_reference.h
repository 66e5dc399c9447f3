// Where a secret is, as a flag says it.
#pragma once

#include <string>

#include "app/config.h"
#include "tocsin/result.h"

namespace tocsin::cli {

// file:PATH or env:NAME. config_invalid for anything else, which is not repeated: it may be the
// secret.
Result<app::SecretReference> read_secret_reference(const std::string& flag,
                                                   const std::string& text);

}  // namespace tocsin::cli
