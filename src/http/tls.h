// TLS by RFC 9325: versions 1.2 and 1.3, AEAD suites with ephemeral keys, no compression, no
// renegotiation, no resumption, ALPN http/1.1. A TlsServer or TlsClient is set up once and opens a
// session per connection; http/stream.h drives the session. There is no switch that turns the
// checks off (SEC-37).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/result.h"

struct ssl_st;

namespace tocsin::http {

struct TlsSessionFree {
  void operator()(ssl_st* session) const noexcept;
};
// One connection's TLS state, before its handshake: role, names and checks are set.
using TlsSession = std::unique_ptr<ssl_st, TlsSessionFree>;

struct TlsServerConfig {
  std::string certificate_file;  // PEM: our certificate, then its intermediates
  std::string key_file;          // PEM, mode 0600 or stricter (SEC-33)
  std::string ocsp_file{};       // DER: an OCSP response to staple; empty if there is none
};

// A handle: copies share one setup. Thread-safe.
class TlsServer {
 public:
  // Errors: file_unreadable, file_mode, config_invalid.
  static Result<TlsServer> open(const TlsServerConfig& config);

  Result<TlsSession> open_session() const;

 private:
  struct Setup;
  explicit TlsServer(std::shared_ptr<const Setup> setup);
  std::shared_ptr<const Setup> setup_;
};

// What happens when nobody says whether a certificate was revoked. A certificate known to be
// revoked is always refused; URLs inside certificates are never fetched.
enum class Revocation : std::uint8_t {
  soft_fail,  // accepted
  hard_fail,  // refused: a stapled OCSP response or a CRL must vouch for it
};

struct TlsClientConfig {
  std::string ca_file{};                 // PEM; empty: the authorities the system trusts
  std::vector<std::string> crl_files{};  // PEM, from the operator
  Revocation revocation = Revocation::soft_fail;
};

// A handle: copies share one setup. Thread-safe.
class TlsClient {
 public:
  // Errors: file_unreadable, config_invalid.
  static Result<TlsClient> open(const TlsClientConfig& config);

  // `host` is the DNS name or the literal IP address (IPv6 without brackets) that the certificate
  // must be for.
  Result<TlsSession> open_session(std::string_view host) const;

 private:
  struct Setup;
  explicit TlsClient(std::shared_ptr<const Setup> setup);
  std::shared_ptr<const Setup> setup_;
};

// Why the newest OpenSSL call of this thread failed, for our own log. Empties the queue.
std::string tls_error_text();

}  // namespace tocsin::http
