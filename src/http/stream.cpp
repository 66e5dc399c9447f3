#include "http/stream.h"

#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cerrno>
#include <cstring>

#include "base/assert.h"
#include "http/deadlines.h"
#include "http/socket_address.h"

namespace tocsin::http {
namespace {

namespace asio = boost::asio;

using Descriptor = asio::posix::basic_stream_descriptor<Loop::executor_type>;
using Readiness = asio::posix::descriptor_base::wait_type;

constexpr std::size_t swallowed_max = 1024 * 1024;  // bytes after our goodbye

constexpr auto resume = asio::as_tuple(loop::Use());

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

Error closed(int error) {
  return {Errc::net_closed, error == 0 ? "ended by the peer" : std::strerror(error)};
}

// What one try of an operation came to: done with `size` bytes, failed, or to be tried again when
// the descriptor is ready.
struct Progress {
  enum class Kind : std::uint8_t { done, failed, wants_read, wants_write };
  Kind kind;
  std::size_t size = 0;
  Error error;

  static Progress done(std::size_t size) { return {Kind::done, size, {}}; }
  static Progress failed(Error error) { return {Kind::failed, 0, std::move(error)}; }
  static Progress wants(Kind kind) { return {kind, 0, {}}; }
};

Progress plain_progress(ssize_t transferred, Progress::Kind wants) {
  if (transferred >= 0) return Progress::done(static_cast<std::size_t>(transferred));
  if (would_block(errno)) return Progress::wants(wants);
  return Progress::failed(closed(errno));
}

}  // namespace

class Stream::State final : public Deadlines::Watch {
 public:
  State(Deadlines& deadlines, int descriptor)
      : Watch(deadlines), descriptor_(deadlines.loop(), descriptor) {
    descriptor_.native_non_blocking(true);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  int fd() { return descriptor_.native_handle(); }
  bool is_open() const { return descriptor_.is_open(); }
  bool is_tls() const { return session_ != nullptr; }

  void adopt(TlsSession session);
  void close() noexcept {
    retire();
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

  Progress try_handshake();
  Progress try_read(std::span<char> out);
  Progress try_write(std::string_view bytes);
  Progress try_goodbye();
  Progress try_drain();
  bool has_read_ahead() const { return session_ && SSL_pending(session_.get()) > 0; }

  // Waits for one direction; the other one may be waited for at the same time.
  static Task<Result<void>> ready(std::shared_ptr<State> self, Readiness readiness,
                                  Deadline deadline);
  // Tries until it is done, fails, or the deadline passes. `try_once` holds no resources.
  template <class Try>
  static Task<Result<std::size_t>> finish(std::shared_ptr<State> self, Deadline deadline,
                                          Try try_once);
  static Task<Result<void>> write(std::shared_ptr<State> self, std::string_view bytes,
                                  Deadline deadline);
  static Task<Result<void>> handshake(std::shared_ptr<State> self, TlsSession session,
                                      Deadline deadline);
  static Task<Result<void>> wait_readable(std::shared_ptr<State> self, Deadline deadline);
  static Task<void> shutdown(std::shared_ptr<State> self, Deadline deadline);

 private:
  void on_deadline() override {
    boost::system::error_code ignored;
    descriptor_.cancel(ignored);
  }
  Progress tls_progress(int result, std::size_t transferred);

  static BIO_METHOD* bio_method();
  static int bio_read(BIO* bio, char* out, int size);
  static int bio_write(BIO* bio, const char* bytes, int size);
  static long bio_ctrl(BIO* bio, int command, long, void*);

  Descriptor descriptor_;
  TlsSession session_;
  bool tls_broken_ = false;  // after a fatal error nothing more may be said, not even goodbye
  int bio_errno_ = 0;        // why the last bio_read or bio_write failed; 0 is the end of stream
  std::array<Deadline, 2> due_{Deadline::max(), Deadline::max()};  // by direction: read, write
};

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a peer that left would end the process
// with SIGPIPE unless every embedder ignored that signal.
int Stream::State::bio_read(BIO* bio, char* out, int size) {
  State& self = *static_cast<State*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(self.fd(), out, static_cast<std::size_t>(size), 0);
  self.bio_errno_ = got < 0 ? errno : 0;
  if (got < 0 && would_block(errno)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

int Stream::State::bio_write(BIO* bio, const char* bytes, int size) {
  State& self = *static_cast<State*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t put = ::send(self.fd(), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  self.bio_errno_ = put < 0 ? errno : 0;
  if (put < 0 && would_block(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(put);
}

long Stream::State::bio_ctrl(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* Stream::State::bio_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tocsin stream");
    TOCSIN_ASSERT(made != nullptr);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_ctrl);
    return made;
  }();
  return method;
}

void Stream::State::adopt(TlsSession session) {
  BIO* bio = BIO_new(bio_method());
  TOCSIN_ASSERT(bio != nullptr);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(session.get(), bio, bio);  // owns it now
  session_ = std::move(session);
}

Progress Stream::State::tls_progress(int result, std::size_t transferred) {
  if (result > 0) return Progress::done(transferred);
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Progress::wants(Progress::Kind::wants_read);
    case SSL_ERROR_WANT_WRITE:
      return Progress::wants(Progress::Kind::wants_write);
    case SSL_ERROR_ZERO_RETURN:
      return Progress::done(0);
    case SSL_ERROR_SYSCALL:
      tls_broken_ = true;
      return Progress::failed(closed(bio_errno_));
    default:
      break;
  }
  tls_broken_ = true;
  std::string why = tls_error_text();
  if (const long verdict = SSL_get_verify_result(session_.get()); verdict != X509_V_OK) {
    why = std::string(X509_verify_cert_error_string(verdict)) + "; " + why;
  }
  return Progress::failed({Errc::net_tls, std::move(why)});
}

Progress Stream::State::try_handshake() {
  ERR_clear_error();
  return tls_progress(SSL_do_handshake(session_.get()), 0);
}

Progress Stream::State::try_read(std::span<char> out) {
  if (!session_) {
    return plain_progress(::recv(fd(), out.data(), out.size(), 0), Progress::Kind::wants_read);
  }
  ERR_clear_error();
  std::size_t got = 0;
  const int result = SSL_read_ex(session_.get(), out.data(), out.size(), &got);
  return tls_progress(result, got);
}

Progress Stream::State::try_write(std::string_view bytes) {
  if (!session_) {
    return plain_progress(::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                          Progress::Kind::wants_write);
  }
  ERR_clear_error();
  std::size_t put = 0;
  const int result = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &put);
  return tls_progress(result, put);
}

Progress Stream::State::try_goodbye() {
  if (session_ && !tls_broken_ && SSL_is_init_finished(session_.get())) {
    ERR_clear_error();
    const int result = SSL_shutdown(session_.get());
    if (result < 0) return tls_progress(result, 0);
  }
  ::shutdown(fd(), SHUT_WR);
  return Progress::done(0);
}

// Raw bytes, whatever they mean: nobody reads them any more.
Progress Stream::State::try_drain() {
  std::array<char, 16 * 1024> waste;
  const ssize_t got = ::recv(fd(), waste.data(), waste.size(), 0);
  return plain_progress(got, Progress::Kind::wants_read);
}

Task<Result<void>> Stream::State::ready(std::shared_ptr<State> self, Readiness readiness,
                                        Deadline deadline) {
  Deadline& due = self->due_[readiness == Descriptor::wait_read ? 0 : 1];
  due = deadline;
  while (self->is_open()) {
    self->expire_at(std::min(self->due_[0], self->due_[1]));
    const auto [error] = co_await self->descriptor_.async_wait(readiness, resume);
    if (error != asio::error::operation_aborted) {
      due = Deadline::max();
      if (!self->is_open()) break;
      if (error) co_return Error(Errc::net_closed, error.message());
      co_return Result<void>();
    }
    // Cancelled by the deadline of either direction, or by close().
    if (self->is_open() && std::chrono::steady_clock::now() >= deadline) {
      due = Deadline::max();
      co_return Errc::net_timeout;
    }
  }
  co_return Error(Errc::net_closed, "closed by us");
}

template <class Try>
Task<Result<std::size_t>> Stream::State::finish(std::shared_ptr<State> self, Deadline deadline,
                                                Try try_once) {
  // The peer may keep us from ever waiting, so the deadline is asked first as well.
  if (std::chrono::steady_clock::now() >= deadline) co_return Errc::net_timeout;
  while (self->is_open()) {
    Progress progress = try_once(*self);
    if (progress.kind == Progress::Kind::done) co_return progress.size;
    if (progress.kind == Progress::Kind::failed) co_return std::move(progress.error);
    const Readiness readiness = progress.kind == Progress::Kind::wants_read
                                    ? Descriptor::wait_read
                                    : Descriptor::wait_write;
    const Result<void> waited = co_await ready(self, readiness, deadline);
    if (!waited) co_return waited.error();
  }
  co_return Error(Errc::net_closed, "closed by us");
}

Task<Result<void>> Stream::State::write(std::shared_ptr<State> self, std::string_view bytes,
                                        Deadline deadline) {
  while (!bytes.empty()) {
    const auto once = [bytes](State& state) { return state.try_write(bytes); };
    const Result<std::size_t> put = co_await finish(self, deadline, once);
    if (!put) co_return put.error();
    bytes.remove_prefix(*put);
  }
  co_return Result<void>();
}

Task<Result<void>> Stream::State::handshake(std::shared_ptr<State> self, TlsSession session,
                                            Deadline deadline) {
  self->adopt(std::move(session));
  const auto once = [](State& state) { return state.try_handshake(); };
  const Result<std::size_t> shaken = co_await finish(self, deadline, once);
  if (!shaken) co_return shaken.error();
  co_return Result<void>();
}

Task<Result<void>> Stream::State::wait_readable(std::shared_ptr<State> self, Deadline deadline) {
  if (!self->is_open()) co_return Error(Errc::net_closed, "closed by us");
  if (self->has_read_ahead()) co_return Result<void>();
  const Readiness readiness = Descriptor::wait_read;
  co_return co_await ready(self, readiness, deadline);
}

Task<void> Stream::State::shutdown(std::shared_ptr<State> self, Deadline deadline) {
  const auto goodbye = [](State& state) { return state.try_goodbye(); };
  const Result<std::size_t> said = co_await finish(self, deadline, goodbye);
  const auto drain = [](State& state) { return state.try_drain(); };
  std::size_t swallowed = 0;
  bool more = said.has_value();
  while (more && swallowed < swallowed_max) {
    const Result<std::size_t> drained = co_await finish(self, deadline, drain);
    more = drained && *drained > 0;
    if (more) swallowed += *drained;
  }
  self->close();
}

Stream::Stream(Deadlines& deadlines, int descriptor)
    : state_(std::make_shared<State>(deadlines, descriptor)) {}

Stream& Stream::operator=(Stream&& other) noexcept {
  close();
  state_ = std::move(other.state_);
  return *this;
}

Stream::~Stream() {
  close();
}

Task<Result<Stream>> Stream::connect(Deadlines& deadlines, IpAddress address, std::uint16_t port,
                                     Deadline deadline) {
  const SocketAddress peer(address, port);
  const int fd =
      ::socket(peer.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) co_return Error(Errc::net_connect, std::strerror(errno));
  Stream stream(deadlines, fd);
  if (::connect(fd, peer.data(), peer.size) != 0) {
    if (errno != EINPROGRESS) co_return Error(Errc::net_connect, std::strerror(errno));
    const Readiness readiness = Descriptor::wait_write;
    const Result<void> waited = co_await State::ready(stream.state_, readiness, deadline);
    if (!waited) co_return waited.error();
    int failure = 0;
    socklen_t failure_size = sizeof failure;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &failure_size);
    if (failure != 0) co_return Error(Errc::net_connect, std::strerror(failure));
  }
  co_return std::move(stream);
}

Task<Result<void>> Stream::handshake(TlsSession session, Deadline deadline) {
  return State::handshake(state_, std::move(session), deadline);
}

Task<Result<void>> Stream::wait_readable(Deadline deadline) {
  return State::wait_readable(state_, deadline);
}

Task<Result<std::size_t>> Stream::read_some(std::span<char> out, Deadline deadline) {
  return State::finish(state_, deadline, [out](State& state) { return state.try_read(out); });
}

Task<Result<void>> Stream::write(std::string_view bytes, Deadline deadline) {
  return State::write(state_, bytes, deadline);
}

Task<void> Stream::shutdown(Deadline deadline) {
  return State::shutdown(state_, deadline);
}

void Stream::close() noexcept {
  if (state_) state_->close();
}

bool Stream::is_open() const noexcept {
  return state_ && state_->is_open();
}

bool Stream::is_tls() const noexcept {
  return state_->is_tls();
}

bool Stream::is_quiet() const noexcept {
  if (!is_open() || state_->has_read_ahead()) return false;
  char byte = 0;
  return ::recv(state_->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && would_block(errno);
}

std::string Stream::peer_address() const {
  SocketAddress peer;
  if (::getpeername(state_->fd(), peer.data(), &peer.size) != 0) return "";
  return to_short_text(peer.address());
}

}  // namespace tocsin::http
