// A server on loopback whose every byte a test decides: raw blocking sockets, a thread per
// connection, plain or TLS.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/certificates.h"

struct ssl_st;
struct ssl_ctx_st;

namespace tocsin::test {

class FakePeer {
 public:
  struct Tls {
    CertificateFiles certificate;
    int version_max = 0;  // OpenSSL's number; 0 is the newest
  };

  class Connection {
   public:
    // The next request, head and body, also kept in requests(); "" when there is none.
    std::string read_request();
    // False once the other side is gone.
    bool write(std::string_view bytes);
    // Says that nothing more will come. With TLS, `cut` leaves the goodbye of TLS out.
    void finish(bool cut = false);
    // Ends the connection with a reset.
    void reset();
    // Returns when the other side has ended the connection.
    void wait_for_end();

    int requests_read() const noexcept { return requests_read_; }

   private:
    friend class FakePeer;
    std::string read_some();

    FakePeer* peer_ = nullptr;
    int fd_ = -1;
    ssl_st* session_ = nullptr;
    std::string read_ahead_;
    int requests_read_ = 0;
  };
  // `number` counts connections from 1.
  using Script = std::function<void(Connection&, int number)>;

  explicit FakePeer(Script script, std::optional<Tls> tls = std::nullopt,
                    const char* address = "127.0.0.1");
  FakePeer(const FakePeer&) = delete;
  FakePeer& operator=(const FakePeer&) = delete;
  ~FakePeer();

  // Gives every request the same answer.
  static Script answering(std::string answer);

  std::uint16_t port() const noexcept { return port_; }
  int connections() const noexcept { return connections_; }  // so far
  // Now, as far as the peer has noticed.
  int open() const noexcept { return open_; }
  std::vector<std::string> requests() const;

 private:
  void accept_all();
  void serve(Connection connection, int number);

  const Script script_;
  ssl_ctx_st* context_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<int> open_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<int> descriptors_;  // of connections that are open
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

// Our own ends of the connections to a port on loopback. The kernel knows them at once, where the
// peer hears of a connection, and of its end, when its threads get their turn.
std::vector<int> sockets_to(std::uint16_t port);

// Whether bytes or the end have arrived at every one of our ends, of which there is at least one.
bool is_heard_from(std::uint16_t port);

// A port on 127.0.0.1 on which nobody listens, kept so for as long as this lives.
class ClosedPort {
 public:
  ClosedPort();
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;
  ~ClosedPort();

  std::uint16_t number() const noexcept { return number_; }

 private:
  int socket_ = -1;  // bound, so that nobody else gets the port
  std::uint16_t number_ = 0;
};

// Listens, but completes no handshake of TCP: packets to it are dropped, as by a firewall.
class BlackHole {
 public:
  explicit BlackHole(const char* address = "127.0.0.1", std::uint16_t port = 0);
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;
  ~BlackHole();

  std::uint16_t port() const noexcept { return port_; }

 private:
  int listener_ = -1;
  std::vector<int> fillers_;
  std::uint16_t port_ = 0;
};

}  // namespace tocsin::test
