#include "app/init.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "app/client_file.h"
#include "app/config_file.h"
#include "app/config_keys.h"
#include "app/config_rules.h"
#include "app/file.h"
#include "app/key_file.h"
#include "app/store_key.h"
#include "base/clock.h"
#include "base/try.h"
#include "http/throwaway_authority.h"
#include "tocsin/keys.h"

namespace tocsin::app {
namespace {

Error cannot_make(const std::string& path, const std::error_code& reason) {
  return {Errc::file_unreadable, path + ": " + reason.message()};
}

Result<void> make_folder(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure) return cannot_make(path, failure);
  if (::chmod(path.c_str(), 0700) != 0) {
    return cannot_make(path, std::error_code(errno, std::generic_category()));
  }
  return {};
}

Result<void> make_empty_folder(const std::string& path) {
  std::error_code failure;
  const bool is_used =
      std::filesystem::exists(path, failure) && !std::filesystem::is_empty(path, failure);
  if (failure) return cannot_make(path, failure);
  if (is_used) return Error(Errc::config_invalid, path + ": the folder is not empty");
  return make_folder(path);
}

std::string config_text(const InitOptions& options, const std::string& public_url) {
  const std::string tls =
      options.throwaway_tls
          ? "# A throw-away certificate: it lives a day, and clients trust it through root.pem.\n"
            "tls = { certificate = \"file:tls/cert.pem\", key = \"file:tls/key.pem\" }\n"
          : "# Plain HTTP is accepted on loopback only. To be reached from elsewhere:\n"
            "# tls = { certificate = \"file:cert.pem\", key = \"file:key.pem\" }\n";
  return "# A transmitter of OpenID Shared Signals. Every key: docs/configuration.md, or\n"
         "# `tocsin serve --reference`. Check it with `tocsin serve --check --config FILE`.\n"
         "\n"
         "# One file per client; `tocsin client` writes them.\n"
         "include = \"clients\"\n"
         "\n"
         "[server]\n"
         "listen = \"" +
         options.listen +
         "\"\n"
         "# How the world reaches it. It is the issuer, too; receivers compare it octet by octet.\n"
         "public_url = \"" +
         public_url + "\"\n" + tls +
         "\n"
         "[admin]\n"
         "listen = \"" +
         options.admin_listen +
         "\"\n"
         "token = \"file:secrets/admin-token\"\n"
         "\n"
         "[store]\n"
         "url = \"sqlite:tocsin.db\"\n"
         "# Secrets in the database and keys in files are encrypted with this key: without it "
         "they\n"
         "# are lost. Better kept elsewhere, such as \"env:TOCSIN_STORE_KEY\".\n"
         "key = \"file:secrets/store-key\"\n"
         "\n"
         "[oauth]\n"
         "# We give access tokens ourselves. To accept those of your identity provider instead:\n"
         "# issuer = \"https://idp.example.com\"\n"
         "embedded = true\n"
         "token_keys = \"file:secrets/token-keys.json\"\n"
         "\n"
         "[transmitter]\n"
         "signing = { algorithm = \"" +
         options.algorithm +
         "\", keys = \"file:secrets/signing-keys.json\" }\n"
         "events = [\"caep:*\", \"risc:*\"]\n"
         "# ALL: a stream has every subject until its receiver removes some. NONE: the reverse.\n"
         "default_subjects = \"ALL\"\n";
}

Result<void> write_keys(const std::string& folder, const std::string& name,
                        const std::string& algorithm, const jose::SecretBox& box) {
  TOCSIN_TRY(const Algorithm alg, parse_algorithm(algorithm));
  TOCSIN_TRY(const SigningKey key, SigningKey::generate(alg));
  return create_key_file(folder + '/' + name, {key, SystemClock().wall_seconds()}, &box);
}

Result<void> write_tls(const std::string& folder, const IpAddress& address,
                       const http::ThrowawayAuthority& root) {
  TOCSIN_CHECK(make_folder(folder));
  TOCSIN_TRY(const auto identity, root.issue(address));
  TOCSIN_CHECK(create_secret_file(folder + "/root.pem", root.certificate()));
  TOCSIN_CHECK(create_secret_file(folder + "/cert.pem", identity.certificate));
  return create_secret_file(folder + "/key.pem", identity.key);
}

Result<void> write_tls(const InitOptions& options) {
  const std::string folder = options.folder + "/tls";
  const IpAddress address = parse_listen_address(options.listen)->address;
  if (options.authority != nullptr) return write_tls(folder, address, *options.authority);
  TOCSIN_TRY(const auto root, http::ThrowawayAuthority::make("Tocsin throw-away root"));
  return write_tls(folder, address, root);
}

Result<InitAnswer::Client> write_client(const std::string& folder, ClientFile client) {
  ClientSecret secret = make_secret();
  client.secret_sha256 = {secret.sha256};
  TOCSIN_CHECK(create_secret_file(folder + '/' + client.client_id + ".toml", to_toml(client)));
  return InitAnswer::Client{std::move(client.client_id), std::move(secret.secret)};
}

Result<std::string> judge(const InitOptions& options) {
  const auto listen = parse_listen_address(options.listen);
  if (!listen) return Error(Errc::config_invalid, "--listen: not an address and a port");
  if (!parse_listen_address(options.admin_listen)) {
    return Error(Errc::config_invalid, "--admin-listen: not an address and a port");
  }
  if (!listen->is_loopback() && !options.throwaway_tls) {
    return Error(Errc::config_invalid,
                 "--listen " + options.listen +
                     " is not loopback: add --throwaway-tls, or begin on loopback and name your "
                     "certificate in the file");
  }
  if (!rule::algorithm.accepts(options.algorithm)) {
    return Error(Errc::config_invalid, "--alg: expected " + std::string(rule::algorithm.says));
  }
  std::string url = options.public_url.empty() ? "https://" + options.listen : options.public_url;
  if (!rule::origin.accepts(url) || !url.starts_with("https://")) {
    return Error(Errc::config_invalid,
                 "--public-url: expected an https URL without path, with the port of --listen");
  }
  return url;
}

}  // namespace

Result<InitAnswer> init_transmitter(const InitOptions& options) {
  InitAnswer answer;
  TOCSIN_TRY(answer.public_url, judge(options));
  TOCSIN_CHECK(make_empty_folder(options.folder));
  const std::string secrets = options.folder + "/secrets";
  const std::string clients = options.folder + "/clients";
  TOCSIN_CHECK(make_folder(secrets));
  TOCSIN_CHECK(make_folder(clients));

  TOCSIN_CHECK(create_secret_file(secrets + "/store-key", make_secret().secret + '\n'));
  TOCSIN_TRY(const jose::SecretBox box,
             open_store_key({.file = secrets + "/store-key", .variable = {}}));
  TOCSIN_CHECK(write_keys(secrets, "signing-keys.json", options.algorithm, box));
  TOCSIN_CHECK(write_keys(secrets, "token-keys.json", "ES256", box));
  TOCSIN_CHECK(create_secret_file(secrets + "/admin-token", make_secret().secret + '\n'));
  if (options.throwaway_tls) {
    TOCSIN_CHECK(write_tls(options));
  }

  ClientFile receiver{.client_id = "receiver", .is_receiver = true};
  ClientFile producer{.client_id = "producer", .is_producer = true};
  TOCSIN_TRY(auto first, write_client(clients, std::move(receiver)));
  TOCSIN_TRY(auto second, write_client(clients, std::move(producer)));
  answer.clients = {std::move(first), std::move(second)};

  answer.config_file = options.folder + "/tocsin.toml";
  TOCSIN_CHECK(create_secret_file(answer.config_file, config_text(options, answer.public_url)));
  const ConfigAnswer config = load_config(answer.config_file);
  if (!config.config) {
    return Error(Errc::internal_error, config.findings.front().to_text());
  }
  return answer;
}

}  // namespace tocsin::app
