#include "support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace tocsin::test {

RawClient::Socket::Socket() : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}

RawClient::Socket::~Socket() {
  ::close(fd);
}

RawClient::RawClient(std::uint16_t port, const std::string& ca_file) : tls_(nullptr, SSL_free) {
  // OpenSSL writes to the socket on its own.
  ::signal(SIGPIPE, SIG_IGN);
  const timeval patience{10, 0};
  ::setsockopt(socket_.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("connect failed");
  }
  if (ca_file.empty()) return;
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                             SSL_CTX_free);
  SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  tls_.reset(SSL_new(context.get()));
  SSL_set1_host(tls_.get(), "localhost");
  SSL_set_fd(tls_.get(), socket_.fd);
  if (SSL_connect(tls_.get()) != 1) throw std::runtime_error("handshake failed");
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20));
    const ssize_t put = tls_ ? SSL_write(tls_.get(), bytes.data(), size)
                             : ::send(socket_.fd, bytes.data(), static_cast<std::size_t>(size), 0);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void RawClient::end() {
  ::shutdown(socket_.fd, SHUT_WR);
}

bool RawClient::read_more() {
  std::array<char, 16 * 1024> part{};
  const ssize_t got = tls_ ? SSL_read(tls_.get(), part.data(), static_cast<int>(part.size()))
                           : ::recv(socket_.fd, part.data(), part.size(), 0);
  if (got <= 0) return false;
  input_.append(part.data(), static_cast<std::size_t>(got));
  return true;
}

RawResponse RawClient::read_response() {
  RawResponse response;
  std::size_t head_end = 0;
  while ((head_end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return response;
  }
  const std::string head = input_.substr(0, head_end + 2);
  input_.erase(0, head_end + 4);
  response.status = static_cast<unsigned>(std::stoul(head.substr(9, 3)));
  for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
    const std::size_t end = head.find("\r\n", line);
    const std::size_t colon = head.find(": ", line);
    std::string name = head.substr(line, colon - line);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    response.headers[name] = head.substr(colon + 2, end - colon - 2);
    line = end + 2;
  }
  const auto length = response.headers.find("content-length");
  const std::size_t size = length == response.headers.end() ? 0 : std::stoul(length->second);
  while (input_.size() < size) {
    if (!read_more()) throw std::runtime_error("response was cut");
  }
  response.body = input_.substr(0, size);
  input_.erase(0, size);
  return response;
}

std::string RawClient::read_to_end() {
  while (read_more()) {
  }
  return std::exchange(input_, {});
}

RawResponse ask(std::uint16_t port, std::string_view request) {
  RawClient client(port);
  client.send(request);
  return client.read_response();
}

}  // namespace tocsin::test
