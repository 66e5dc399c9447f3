#include "http/tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/assert.h"
#include "base/try.h"
#include "http/revocation.h"

namespace tocsin::http {
namespace {

struct Free {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
using Context = std::unique_ptr<SSL_CTX, Free>;

constexpr std::string_view alpn = "\x08http/1.1";

// What no setting changes, for either role (RFC 9325 sections 3 and 4).
Context make_context(const SSL_METHOD* method) {
  Context context(SSL_CTX_new(method));
  TOCSIN_ASSERT(context != nullptr);
  SSL_CTX* tls = context.get();
  bool good = SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) == 1;
  good &= SSL_CTX_set_cipher_list(tls,
                                  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                  "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                  "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305") == 1;
  good &= SSL_CTX_set1_groups_list(tls, "X25519:P-256:P-384") == 1;
  TOCSIN_ASSERT(good);
  SSL_CTX_set_security_level(tls, 2);
  // No resumption: a ticket key that lives as long as the process would undo forward secrecy in
  // TLS 1.2, and connections are kept alive anyway.
  SSL_CTX_set_options(tls, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(tls, 0);
  SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

// The whole file, through one descriptor, so that what was checked is what is read.
Result<std::string> read_file(const std::string& path, bool secret) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Error(Errc::file_unreadable, path + ": " + std::strerror(errno));
  const std::unique_ptr<const int, void (*)(const int*)> closer(&fd,
                                                                [](const int* f) { ::close(*f); });
  struct stat status{};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error(Errc::file_unreadable, path + ": not a regular file");
  }
  if (secret && (status.st_mode & 077) != 0) {
    return Error(Errc::file_mode, path + ": mode must be 0600 or stricter");
  }
  std::string text;
  std::array<char, 4096> part{};
  while (true) {
    const ssize_t got = ::read(fd, part.data(), part.size());
    if (got < 0) return Error(Errc::file_unreadable, path + ": " + std::strerror(errno));
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

Error bad_config(const std::string& path) {
  return {Errc::config_invalid, path + ": " + tls_error_text()};
}

Result<void> load_key(SSL_CTX* context, const std::string& path) {
  TOCSIN_TRY(std::string pem, read_file(path, true));
  const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // Without a callback of ours OpenSSL would ask the terminal for a passphrase.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  const std::unique_ptr<EVP_PKEY, Free> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  OPENSSL_cleanse(pem.data(), pem.size());
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1) return bad_config(path);
  return {};
}

// RFC 7301: a client that offers protocols, but none of ours, is refused.
int choose_alpn(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                const unsigned char* offered, unsigned offered_size, void*) {
  unsigned char* match = nullptr;
  const int verdict = SSL_select_next_proto(
      &match, chosen_size, reinterpret_cast<const unsigned char*>(alpn.data()),
      static_cast<unsigned>(alpn.size()), offered, offered_size);
  if (verdict != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

TlsSession make_session(SSL_CTX* context) {
  TlsSession session(SSL_new(context));
  TOCSIN_ASSERT(session != nullptr);
  return session;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> octets{};
  return ::inet_pton(AF_INET, host.c_str(), octets.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), octets.data()) == 1;
}

}  // namespace

void TlsSessionFree::operator()(ssl_st* session) const noexcept {
  SSL_free(session);
}

std::string tls_error_text() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    std::array<char, 256> line{};
    ERR_error_string_n(code, line.data(), line.size());
    if (!text.empty()) text += "; ";
    text += line.data();
  }
  return text;
}

struct TlsServer::Setup {
  Context context;
  std::string staple;  // DER; empty if there is none
};

TlsServer::TlsServer(std::shared_ptr<const Setup> setup) : setup_(std::move(setup)) {}

Result<TlsServer> TlsServer::open(const TlsServerConfig& config) {
  auto setup = std::make_shared<Setup>();
  setup->context = make_context(TLS_server_method());
  SSL_CTX* context = setup->context.get();
  ERR_clear_error();
  TOCSIN_CHECK(read_file(config.certificate_file, false));
  if (SSL_CTX_use_certificate_chain_file(context, config.certificate_file.c_str()) != 1) {
    return bad_config(config.certificate_file);
  }
  TOCSIN_CHECK(load_key(context, config.key_file));
  if (SSL_CTX_check_private_key(context) != 1) return bad_config(config.key_file);
  if (!config.ocsp_file.empty()) {
    TOCSIN_TRY(setup->staple, read_file(config.ocsp_file, false));
    offer_staples(context);
  }
  SSL_CTX_set_alpn_select_cb(context, choose_alpn, nullptr);
  return TlsServer(std::move(setup));
}

Result<TlsSession> TlsServer::open_session() const {
  TlsSession session = make_session(setup_->context.get());
  if (!setup_->staple.empty()) staple(session.get(), setup_->staple);
  SSL_set_accept_state(session.get());
  return session;
}

struct TlsClient::Setup {
  Context context;
};

TlsClient::TlsClient(std::shared_ptr<const Setup> setup) : setup_(std::move(setup)) {}

Result<TlsClient> TlsClient::open(const TlsClientConfig& config) {
  auto setup = std::make_shared<Setup>();
  setup->context = make_context(TLS_client_method());
  SSL_CTX* context = setup->context.get();
  ERR_clear_error();
  if (config.ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) return bad_config("system authorities");
  } else {
    TOCSIN_CHECK(read_file(config.ca_file, false));
    if (SSL_CTX_load_verify_file(context, config.ca_file.c_str()) != 1) {
      return bad_config(config.ca_file);
    }
  }
  for (const std::string& path : config.crl_files) {
    TOCSIN_CHECK(read_file(path, false));
    if (!add_crl(context, path)) return bad_config(path);
  }
  check_revocation(context, config.revocation, !config.crl_files.empty());
  const auto* protocols = reinterpret_cast<const unsigned char*>(alpn.data());
  SSL_CTX_set_alpn_protos(context, protocols, static_cast<unsigned>(alpn.size()));
  return TlsClient(std::move(setup));
}

Result<TlsSession> TlsClient::open_session(std::string_view host) const {
  // An empty name would switch the check of names off.
  if (host.empty()) return Error(Errc::net_tls, "no host name to verify");
  TlsSession session = make_session(setup_->context.get());
  X509_VERIFY_PARAM* checks = SSL_get0_param(session.get());
  X509_VERIFY_PARAM_set_hostflags(
      checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const std::string name(host);
  const bool set = is_address(name)
                       ? X509_VERIFY_PARAM_set1_ip_asc(checks, name.c_str()) == 1
                       : X509_VERIFY_PARAM_set1_host(checks, host.data(), host.size()) == 1 &&
                             SSL_set_tlsext_host_name(session.get(), name.c_str()) == 1;
  if (!set) return Error(Errc::net_tls, "host name cannot be verified");
  SSL_set_connect_state(session.get());
  return session;
}

}  // namespace tocsin::http
