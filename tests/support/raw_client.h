// A blocking client that sends exactly the bytes it is given, plain or TLS. It gives up after ten
// seconds of silence.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;

namespace tocsin::test {

struct RawResponse {
  unsigned status = 0;                         // 0: the connection ended without one
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class RawClient {
 public:
  // Connects to 127.0.0.1; by TLS if `ca_file` is given, for the name localhost.
  explicit RawClient(std::uint16_t port, const std::string& ca_file = "");
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False once the peer has closed.
  bool send(std::string_view bytes);

  // No more from us. Plain only.
  void end();

  // The next response with Content-Length or without a body; 1xx responses count as responses.
  RawResponse read_response();

  // Everything until the peer closes.
  std::string read_to_end();

  // True if the peer closed without another byte.
  bool is_closed() { return read_to_end().empty(); }

 private:
  bool read_more();

  struct Socket {
    Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket();
    const int fd;
  };
  const Socket socket_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> tls_;
  std::string input_;
};

// One request on a connection of its own.
RawResponse ask(std::uint16_t port, std::string_view request);

}  // namespace tocsin::test
