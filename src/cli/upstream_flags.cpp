#include "cli/upstream_flags.h"

#include "app/config_file.h"
#include "base/try.h"
#include "cli/secret_reference.h"

namespace tocsin::cli {
namespace {

Result<std::string> read(const std::string& flag, const std::string& text) {
  TOCSIN_TRY(const app::SecretReference reference, read_secret_reference(flag, text));
  return app::read_secret(reference);
}

}  // namespace

void UpstreamFlags::add_place_to(CLI::App& verb) {
  verb.add_option("issuer", caller.issuer, "The transmitter, as its SETs call it")
      ->required()
      ->type_name("ISSUER");
  verb.add_option("--metadata-url", caller.metadata_url,
                  "Where its metadata is; found through the issuer unless given")
      ->type_name("URL");
  verb.add_option("--ca", caller.ca_file,
                  "PEM: the authorities to trust; the system's unless given")
      ->type_name("FILE");
}

void UpstreamFlags::add_to(CLI::App& verb) {
  add_place_to(verb);
  CLI::Option* const bearer =
      verb.add_option("--token", token, "A bearer token: file:PATH (mode 0600) or env:NAME")
          ->type_name("REFERENCE");
  verb.add_option("--client", caller.client_id, "Who we are to its authorization server")
      ->type_name("ID")
      ->excludes(bearer);
  verb.add_option("--secret", secret, "Where our secret is: file:PATH (mode 0600) or env:NAME")
      ->type_name("REFERENCE")
      ->excludes(bearer);
  verb.add_option("--token-url", caller.token_url,
                  "The token endpoint; ISSUER/oauth/token unless given")
      ->type_name("URL");
  verb.add_option("--scope", caller.scope, "What to ask for; ssf.manage and ssf.read unless given")
      ->type_name("SCOPES");
}

Result<app::UpstreamCaller> UpstreamFlags::finish() const {
  app::UpstreamCaller finished = caller;
  if (!token.empty()) {
    TOCSIN_TRY(finished.token, read("--token", token));
    return finished;
  }
  if (caller.client_id.empty() || secret.empty()) {
    return Error(Errc::config_invalid, "--token, or --client and --secret");
  }
  TOCSIN_TRY(finished.client_secret, read("--secret", secret));
  if (finished.token_url.empty()) {
    const std::string& issuer = caller.issuer;
    finished.token_url =
        (issuer.ends_with('/') ? issuer.substr(0, issuer.size() - 1) : issuer) + "/oauth/token";
  }
  return finished;
}

}  // namespace tocsin::cli
