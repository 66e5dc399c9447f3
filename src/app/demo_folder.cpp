#include "app/demo_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "app/file.h"
#include "app/key_file.h"
#include "base/clock.h"
#include "base/try.h"
#include "http/throwaway_authority.h"
#include "jose/system_random.h"

namespace tocsin::app {
namespace {

constexpr std::string_view root_file = "root.pem";
constexpr std::string_view signing_file = "signing-key.json";
constexpr std::string_view credential_file = "push-credential";
constexpr std::size_t credential_max = 1024;  // bytes
constexpr IpAddress loopback{IpAddress::Family::v4, {127, 0, 0, 1}};

Error cannot_make(const std::string& path, const std::error_code& reason) {
  return {Errc::file_unreadable, path + ": " + reason.message()};
}

// Ours alone, whatever it was before.
Result<void> make_private_folder(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure) return cannot_make(path, failure);
  if (::chmod(path.c_str(), 0700) != 0) {
    return cannot_make(path, std::error_code(errno, std::generic_category()));
  }
  return {};
}

Result<void> replace_secret(const std::string& path, std::string_view content) {
  ::unlink(path.c_str());
  return create_secret_file(path, content);
}

}  // namespace

std::string DemoFolder::certificate_file(std::string_view role) const {
  return file(role) + ".pem";
}

std::string DemoFolder::key_file(std::string_view role) const {
  return file(role) + ".key";
}

Result<void> DemoFolder::make() const {
  TOCSIN_CHECK(make_private_folder(path_));
  TOCSIN_TRY(const http::ThrowawayAuthority root, http::ThrowawayAuthority::make("Tocsin demo"));
  TOCSIN_CHECK(replace_secret(file(root_file), root.certificate()));
  for (const std::string_view role : {"transmitter", "receiver"}) {
    TOCSIN_TRY(const auto identity, root.issue(loopback));
    TOCSIN_CHECK(replace_secret(certificate_file(role), identity.certificate));
    TOCSIN_CHECK(replace_secret(key_file(role), identity.key));
  }
  TOCSIN_TRY(const SigningKey key, SigningKey::generate(Algorithm::RS256));
  ::unlink(file(signing_file).c_str());
  TOCSIN_CHECK(create_key_file(file(signing_file), {key, SystemClock().wall_seconds()}, nullptr));
  return replace_secret(file(credential_file), "Bearer " + SystemRandom().id());
}

Result<http::TlsServer> DemoFolder::tls_server(std::string_view role) const {
  http::TlsServerConfig config;
  config.certificate_file = certificate_file(role);
  config.key_file = key_file(role);
  return http::TlsServer::open(config);
}

Result<http::TlsClient> DemoFolder::tls_client() const {
  http::TlsClientConfig config;
  config.ca_file = file(root_file);
  return http::TlsClient::open(config);
}

Result<SigningKey> DemoFolder::signing_key() const {
  TOCSIN_TRY(const std::vector<StoredKey> keys, load_key_file(file(signing_file), {}));
  return pick_key(keys, std::nullopt);
}

Result<std::string> DemoFolder::push_credential() const {
  return read_secret_file(file(credential_file), credential_max);
}

}  // namespace tocsin::app
