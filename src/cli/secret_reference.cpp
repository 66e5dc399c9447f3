#include "cli/secret_reference.h"

namespace tocsin::cli {

Result<app::SecretReference> read_secret_reference(const std::string& flag,
                                                   const std::string& text) {
  app::SecretReference reference;
  if (text.starts_with("file:")) reference.file = text.substr(5);
  if (text.starts_with("env:")) reference.variable = text.substr(4);
  if (!reference.empty()) return reference;
  return Error(Errc::config_invalid, flag + ": file:PATH or env:NAME, never the secret itself");
}

}  // namespace tocsin::cli
