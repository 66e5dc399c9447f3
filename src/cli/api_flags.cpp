#include "cli/api_flags.h"

#include "app/config_file.h"
#include "base/try.h"
#include "cli/secret_reference.h"

namespace tocsin::cli {

void ApiFlags::add_to(CLI::App& verb) {
  verb.add_option("--url", base, "The transmitter: https, or http on loopback")
      ->required()
      ->type_name("URL");
  verb.add_option("--client", caller.client_id, "Who we are there")->required()->type_name("ID");
  verb.add_option("--secret", secret, "Where our secret is: file:PATH (mode 0600) or env:NAME")
      ->required()
      ->type_name("REFERENCE");
  verb.add_option("--token-url", caller.token_url,
                  "The token endpoint; /oauth/token at --url unless given")
      ->type_name("URL");
  verb.add_option("--ca", caller.ca_file,
                  "PEM: the authorities to trust; the system's unless given")
      ->type_name("FILE");
}

std::string ApiFlags::url(const std::string& path) const {
  return (base.ends_with('/') ? base.substr(0, base.size() - 1) : base) + path;
}

Result<app::ApiCaller> ApiFlags::finish() const {
  app::ApiCaller finished = caller;
  if (finished.token_url.empty()) finished.token_url = url("/oauth/token");
  TOCSIN_TRY(const app::SecretReference reference, read_secret_reference("--secret", secret));
  TOCSIN_TRY(finished.client_secret, app::read_secret(reference));
  return finished;
}

}  // namespace tocsin::cli
