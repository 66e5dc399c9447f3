// A server on loopback with a thread of its own, so that a test can be its blocking client.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http/server.h"

namespace tocsin::test {

class TestServer {
 public:
  // Fails the test that makes it if the routes are refused.
  explicit TestServer(std::vector<http::Route> routes, http::ServerConfig config = {});
  ~TestServer();  // stops, waits for what is in flight

  std::uint16_t port() const { return server_->port(); }
  http::ServerCounts counts();
  std::vector<http::Incident> incidents();

  // Asks the server to stop; returns at once.
  void stop();

  // Waits until the server has nothing left to do.
  void join() { thread_.join(); }

 private:
  http::Loop loop_{1};
  http::Deadlines deadlines_{loop_, std::chrono::milliseconds(5)};
  SystemClock clock_;
  SeededRandom random_{1};
  std::optional<http::Server> server_;
  std::mutex mutex_;
  std::vector<http::Incident> incidents_;
  std::jthread thread_;
};

// A route whose handler is a plain function; for routes that wait for nothing.
http::Handler handler(std::function<Result<http::Response>(const http::Request&)> function);

// A route that answers 200 with the body of the request.
http::Route echo_route(std::string path, std::size_t body_max = 64 * 1024);

}  // namespace tocsin::test
