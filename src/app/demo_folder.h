// The throw-away secrets of a demo, in files that only their owner may read (SEC-33).
#pragma once

#include <string>
#include <string_view>

#include "http/tls.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::app {

class DemoFolder {
 public:
  // `path` may or may not exist.
  explicit DemoFolder(std::string path) : path_(std::move(path)) {}

  // Makes the folder and everything in it anew: a root, a certificate for 127.0.0.1 per role, a
  // signing key, and the credential the transmitter pushes with.
  Result<void> make() const;

  Result<http::TlsServer> tls_server(std::string_view role) const;
  Result<http::TlsClient> tls_client() const;
  Result<SigningKey> signing_key() const;
  Result<std::string> push_credential() const;  // a whole Authorization header

  const std::string& path() const noexcept { return path_; }

 private:
  std::string file(std::string_view name) const { return path_ + '/' + std::string(name); }
  std::string certificate_file(std::string_view role) const;
  std::string key_file(std::string_view role) const;

  std::string path_;
};

}  // namespace tocsin::app
