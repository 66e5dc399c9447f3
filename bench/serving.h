// `tocsin serve` as a process of its own with TLS, and a client that talks to it from this one.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "bench/surroundings.h"
#include "http/deadlines.h"
#include "http/dns_resolver.h"
#include "http/pooled_client.h"
#include "jose/system_random.h"
#include "loop/timers.h"

namespace tocsin::bench {

using loop::Task;
using namespace std::chrono_literals;

constexpr const char* bearer = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

// Calls over TLS with certificate checks, on a loop that turns while a call of ours runs.
class Client {
 public:
  explicit Client(const Folder& folder, std::size_t connections_max = 64);

  http::OutboundRequest request(const std::string& method, const std::string& url,
                                std::string body = {}) const;

  // One call. Any answer will do.
  http::Response ask(http::OutboundRequest request);

  // Makes `count` requests, at most `together` at once, and hands out the answers.
  void ask_all(std::size_t count, std::size_t together,
               const std::function<http::OutboundRequest(std::size_t)>& make,
               const std::function<void(std::size_t, const http::Response&)>& take);

  // Until the task ends.
  void run(Task<void> task);

  // Runs the loop until something is done. Gives up the program if that takes too long.
  void turn_until(const std::function<bool()>& is_done, std::chrono::seconds time = 60s);

  // Of one call. Any answer will do, none will not.
  Task<http::Response> send(http::OutboundRequest request);

  loop::Loop loop{1};
  SystemClock clock;
  SystemRandom random;
  loop::LoopTimers timers{loop};
  http::Deadlines deadlines{loop};

 private:
  std::unique_ptr<http::DnsResolver> resolver_;
  std::unique_ptr<http::PooledClient> client_;
};

// The folder's configuration: the client of `bearer` is a receiver and a producer.
struct ServingOptions {
  std::string algorithm = "ES256";
  std::string store = "tocsin.db";
  int host_connections_max = 64;  // of pushes
};

class Serving {
 public:
  // Writes the configuration and starts the process.
  Serving(const Folder& folder, const ServingOptions& options);
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;
  ~Serving();

  void wait_until_ready(Client& client) const;

  std::string url(const std::string& path) const;
  double cpu_seconds() const { return cpu_seconds_of(pid_); }
  double resident_mebibytes() const { return resident_mebibytes_of(pid_); }

  // One sample of /metrics; `name` with its labels.
  double metric(Client& client, const std::string& name) const;

  // A stream for session-revoked events: its id.
  std::string create_push_stream(Client& client, const std::string& endpoint_url) const;
  std::string create_poll_stream(Client& client) const;
  std::vector<std::string> create_streams(
      Client& client, std::size_t count,
      const std::function<std::string(std::size_t)>& delivery) const;

 private:
  std::uint16_t port_;
  std::uint16_t admin_port_;
  std::string log_;
  pid_t pid_ = 0;
};

// Of the stores that Serving opens, as configured.
constexpr const char* store_key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";  // 32 octets

// The issuer the configuration names.
constexpr const char* issuer = "https://tr.example.com";

// Delivery members of a stream's configuration.
std::string push_to(const std::string& endpoint_url);
std::string by_poll();

// A member of a JSON object as text.
std::string member_of(const std::string& object, const std::string& name);

}  // namespace tocsin::bench
