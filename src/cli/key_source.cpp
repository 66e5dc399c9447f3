#include "cli/key_source.h"

#include "app/fetched_keys.h"
#include "app/file.h"
#include "base/try.h"
#include "cli/flags.h"

namespace tocsin::cli {
namespace {

constexpr std::size_t document_max = 256 * 1024;  // octets

Result<KeySet> read_keys(const std::string& file) {
  TOCSIN_TRY(const std::string text, app::read_file(file, document_max));
  auto keys = text.starts_with("-----BEGIN") ? KeySet::from_pem(text) : KeySet::parse(text);
  if (!keys) return Error(Errc::config_invalid, file + ": " + keys.error().to_string());
  return keys;
}

Result<app::FetchOptions> fetch_options(const KeySource& source) {
  app::FetchOptions options;
  options.ca_file = source.ca_file;
  for (const std::string& text : source.networks) {
    TOCSIN_TRY(IpNetwork network, parse_ip_network(text));
    options.networks.push_back(network);
  }
  return options;
}

// What a peer may not learn, the person at this terminal must: why a call failed.
Result<KeySet> tell(Result<KeySet> keys, const std::string& from) {
  if (keys || keys.error().kind() != ErrorKind::unavailable) return keys;
  return Error(Errc::jose_key_unavailable, from + ": " + keys.error().detail);
}

}  // namespace

void KeySource::add_to(CLI::App& verb) {
  verb.add_option("--keys", keys,
                  "Keys to verify with: a JWKS or PEM file, or the https URL of a JWKS")
      ->type_name("FILE|URL");
  verb.add_option("--ca", ca_file, "Who vouches for the server: a PEM file instead of the system's")
      ->type_name("FILE");
  add_repeatable(verb, "--allow-address", networks,
                 "Call addresses of this network although it is private (repeatable)", "CIDR");
}

Result<KeySet> KeySource::load() const {
  if (!keys.starts_with("https:")) return read_keys(keys);
  TOCSIN_TRY(const app::FetchOptions options, fetch_options(*this));
  return tell(app::fetch_keys(keys, options), keys);
}

Result<KeySet> KeySource::load_or_fetch(const std::string& issuer) const {
  if (is_named()) return load();
  TOCSIN_TRY(const app::FetchOptions options, fetch_options(*this));
  return tell(app::fetch_issuer_keys(issuer, options), issuer);
}

}  // namespace tocsin::cli
