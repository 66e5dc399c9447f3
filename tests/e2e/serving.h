// `tocsin serve` as a process of its own, from a folder that `tocsin init` made, and the two
// parties around it: a receiver that SETs are pushed to, and requests as a client would send them.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "cli/program.h"
#include "support/certificates.h"
#include "support/raw_client.h"
#include "support/test_server.h"
#include "tocsin/json.h"

namespace tocsin::test {

// A member of an object as text; "" if it is none.
std::string text_of(const Json& object, std::string_view name);

// Starts on ports that the kernel chooses and is ready when the constructor returns, unless it is
// not awaited: then nobody knows its ports. Killed at the latest with this object.
class Serving {
 public:
  enum class Await { ready, nothing };
  Serving(const Workplace& place, const std::string& config, Await await = Await::ready);
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;
  ~Serving();

  std::uint16_t port() const { return port_; }
  std::uint16_t admin_port() const { return admin_port_; }

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // Waits for its end: the exit code, or minus the signal that ended it.
  int wait();
  // Waits for a state that the service manager is told, such as "STOPPING=1".
  bool hears(const std::string& state);
  std::string log() const;

 private:
  pid_t pid_ = 0;
  int notify_ = -1;
  std::string log_file_;
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
};

struct Ask {
  std::string method = "GET";
  std::string path;
  std::string authorization = {};
  std::string type = {};
  std::string body = {};
};

// The bytes of a request; more may come on the connection.
std::string text_of(const Ask& request);
// On a connection of its own.
RawResponse ask(std::uint16_t port, const Ask& request);
// The body as JSON; null if it is none.
Json json_of(const RawResponse& response);

// An access token by client credentials (RFC 6749 4.4).
std::string access_token(std::uint16_t port, const std::string& client_id,
                         const std::string& secret);

// A server that shows this certificate.
http::ServerConfig tls_config(const CertificateFiles& files);

// A push endpoint with TLS that keeps what it is sent.
class PushReceiver {
 public:
  PushReceiver();

  const std::string& ca_file() const { return authority_.ca_file(); }
  std::string url() const;

  // From now on it answers with this status, and with a JSON body if there is one.
  void answer_with(unsigned status, std::string body = {});

  // Waits until `count` different SETs have come; their claims by jti.
  std::map<std::string, Json> wait_for(std::size_t count);

  // What it refused last, and with which credential: waits until there is something.
  std::string wait_for_refused();

  // How often a SET was accepted.
  std::size_t deliveries();

 private:
  Result<http::Response> take(const http::Request& request);

  TemporaryFolder folder_;
  CertificateAuthority authority_{folder_};
  std::mutex mutex_;
  std::condition_variable came_;
  unsigned status_ = 202;
  std::string body_;
  std::string last_refused_;
  std::size_t deliveries_ = 0;
  std::map<std::string, Json> sets_;
  TestServer server_;
};

// The claims of a compact SET, unverified.
Json claims_of(const std::string& compact);

}  // namespace tocsin::test
