#include "cli/key_source.h"

#include "app/file.h"
#include "base/try.h"

namespace tocsin::cli {
namespace {

constexpr std::size_t document_max = 256 * 1024;  // octets

Result<KeySet> read_keys(const std::string& file) {
  TOCSIN_TRY(const std::string text, app::read_file(file, document_max));
  auto keys = text.starts_with("-----BEGIN") ? KeySet::from_pem(text) : KeySet::parse(text);
  if (!keys) return Error(Errc::config_invalid, file + ": " + keys.error().to_string());
  return keys;
}

}  // namespace

CLI::Option* KeySource::add_to(CLI::App& verb) {
  return verb.add_option("--keys", keys, "Keys to verify with: a JWKS or PEM file")
      ->type_name("FILE");
}

Result<KeySet> KeySource::load() const {
  return read_keys(keys);
}

}  // namespace tocsin::cli
