// A byte stream on a connected socket, plain or TLS. OpenSSL works on the descriptor itself and
// gives its record buffers back while idle, so a TLS connection that waits costs about 17 KB and a
// plain one almost nothing (docs/decisions/http.md).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/ip_address.h"
#include "http/task.h"
#include "http/tls.h"
#include "tocsin/result.h"

namespace tocsin::http {

class Deadlines;

// For one thread, the loop's. One read and one write may be under way at a time. Destroying or
// closing the stream ends what is under way with net_closed. Every operation fails with net_timeout
// once its deadline passes, net_closed when the connection is cut, net_tls when TLS fails.
//
// Memory passed to an operation must outlive it.
class Stream {
 public:
  // Takes over the descriptor of a connected TCP socket.
  Stream(Deadlines& deadlines, int descriptor);
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  // Connects to exactly this address, which the address rule has judged (SEC-40). Also fails with
  // net_connect.
  static Task<Result<Stream>> connect(Deadlines& deadlines, IpAddress address, std::uint16_t port,
                                      Deadline deadline);

  // Turns the stream into a TLS one, in the role the session was opened for. After a failure only
  // close() is left.
  Task<Result<void>> handshake(TlsSession session, Deadline deadline);

  // Waits until there is something to read, or the end, holding no buffer meanwhile.
  Task<Result<void>> wait_readable(Deadline deadline);

  // At least one byte, or 0 once the peer has ended the stream in an orderly way (FIN; with TLS,
  // close_notify). A TLS stream that ends without close_notify is net_closed: it may have been cut.
  Task<Result<std::size_t>> read_some(std::span<char> out, Deadline deadline);

  // All of `bytes`.
  Task<Result<void>> write(std::string_view bytes, Deadline deadline);

  // Says goodbye, then swallows what the peer still sends until it closes, has sent too much or the
  // deadline passes, so that a reset does not overtake our last bytes. Closes. Never while a read
  // is under way.
  Task<void> shutdown(Deadline deadline);

  void close() noexcept;
  bool is_open() const noexcept;
  bool is_tls() const noexcept;
  // Nothing to read: no byte and no end. What a connection must be that waits to be used again.
  bool is_quiet() const noexcept;

  // The peer's address for logs; "" if it is gone already.
  std::string peer_address() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace tocsin::http
