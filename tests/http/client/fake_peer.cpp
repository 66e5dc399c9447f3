#include "http/client/fake_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>

namespace tocsin::test {
namespace {

sockaddr_storage address_of(const char* text, std::uint16_t port) {
  sockaddr_storage address{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
  } else {
    inet_pton(AF_INET6, text, &v6.sin6_addr);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
  }
  return address;
}

socklen_t size_of(const sockaddr_storage& address) {
  return address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

int bound_socket(const char* text, std::uint16_t port = 0) {
  const sockaddr_storage address = address_of(text, port);
  const int fd = ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), size_of(address)) != 0) {
    ::close(fd);
    throw std::runtime_error(std::string("cannot bind to ") + text);
  }
  return fd;
}

// The port lies at the same place in both families.
std::uint16_t port_in(const sockaddr_storage& address) {
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

std::uint16_t port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return port_in(address);
}

ssl_ctx_st* open_context(const FakePeer::Tls& tls) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_security_level(context, 0);  // old versions must be possible here
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, tls.version_max);
  const char* certificate = tls.certificate.certificate_file.c_str();
  const char* key = tls.certificate.key_file.c_str();
  if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("cannot use the certificate");
  }
  return context;
}

std::size_t content_length(const std::string& head) {
  constexpr std::string_view name = "\r\nContent-Length: ";
  const std::size_t at = head.find(name);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
}

}  // namespace

FakePeer::FakePeer(Script script, std::optional<Tls> tls, const char* address)
    : script_(std::move(script)), context_(tls ? open_context(*tls) : nullptr) {
  listener_ = bound_socket(address);
  port_ = port_of(listener_);
  ::listen(listener_, 128);
  acceptor_ = std::thread([this] { accept_all(); });
}

FakePeer::~FakePeer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : descriptors_) ::shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

FakePeer::Script FakePeer::answering(std::string answer) {
  return [answer = std::move(answer)](Connection& connection, int) {
    while (!connection.read_request().empty()) connection.write(answer);
  };
}

std::vector<std::string> FakePeer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FakePeer::accept_all() {
  while (true) {
    Connection connection;
    connection.fd_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection.fd_ < 0) return;
    connection.peer_ = this;
    ++open_;
    const std::lock_guard lock(mutex_);
    descriptors_.push_back(connection.fd_);
    threads_.emplace_back(
        [this, connection, number = ++connections_] { serve(connection, number); });
  }
}

void FakePeer::serve(Connection connection, int number) {
  // OpenSSL writes to a peer that left without MSG_NOSIGNAL.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  bool ready = true;
  if (context_ != nullptr) {
    connection.session_ = SSL_new(context_);
    SSL_set_fd(connection.session_, connection.fd_);
    ready = SSL_accept(connection.session_) == 1;
  }
  if (ready) script_(connection, number);
  SSL_free(connection.session_);
  const std::lock_guard lock(mutex_);
  std::erase(descriptors_, connection.fd_);
  ::close(connection.fd_);
  --open_;
}

std::string FakePeer::Connection::read_some() {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = session_ != nullptr
                           ? SSL_read(session_, buffer.data(), static_cast<int>(buffer.size()))
                           : ::recv(fd_, buffer.data(), buffer.size(), 0);
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

std::string FakePeer::Connection::read_request() {
  std::size_t needed = std::string::npos;
  while (read_ahead_.size() < needed) {
    const std::size_t head_end = read_ahead_.find("\r\n\r\n");
    if (head_end != std::string::npos) {
      needed = head_end + 4 + content_length(read_ahead_.substr(0, head_end + 4));
      if (read_ahead_.size() >= needed) break;
    }
    const std::string more = read_some();
    if (more.empty()) return "";
    read_ahead_ += more;
  }
  std::string request = read_ahead_.substr(0, needed);
  read_ahead_.erase(0, needed);
  const std::lock_guard lock(peer_->mutex_);
  peer_->requests_.push_back(request);
  ++requests_read_;
  return request;
}

bool FakePeer::Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = session_ != nullptr
                            ? SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()))
                            : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void FakePeer::Connection::finish(bool cut) {
  if (session_ != nullptr && !cut) SSL_shutdown(session_);
  ::shutdown(fd_, SHUT_WR);
}

void FakePeer::Connection::reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  // Closing is serve()'s; a descriptor that is disconnected sends the reset now.
  sockaddr none{};
  none.sa_family = AF_UNSPEC;
  ::connect(fd_, &none, sizeof none);
}

void FakePeer::Connection::wait_for_end() {
  while (!read_some().empty()) {
  }
}

std::vector<int> sockets_to(std::uint16_t port) {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.ss_family == AF_INET && port_in(peer) == port) found.push_back(fd);
  }
  return found;
}

bool is_heard_from(std::uint16_t port) {
  const std::vector<int> sockets = sockets_to(port);
  return !sockets.empty() && std::ranges::all_of(sockets, [](int fd) {
    pollfd arrived{fd, POLLIN, 0};
    return ::poll(&arrived, 1, 0) == 1;
  });
}

ClosedPort::ClosedPort() : socket_(bound_socket("127.0.0.1")), number_(port_of(socket_)) {}

ClosedPort::~ClosedPort() {
  ::close(socket_);
}

BlackHole::BlackHole(const char* text, std::uint16_t port)
    : listener_(bound_socket(text, port)), port_(port_of(listener_)) {
  ::listen(listener_, 0);
  // Nobody accepts, so once the queue is full the kernel drops what knocks.
  const sockaddr_storage address = address_of(text, port_);
  for (int i = 0; i < 4; ++i) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ::connect(fd, reinterpret_cast<const sockaddr*>(&address), size_of(address));
    pollfd connected{fd, POLLOUT, 0};
    ::poll(&connected, 1, 100);
    fillers_.push_back(fd);
  }
}

BlackHole::~BlackHole() {
  for (const int fd : fillers_) ::close(fd);
  ::close(listener_);
}

}  // namespace tocsin::test
