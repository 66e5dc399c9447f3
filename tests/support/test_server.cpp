#include "support/test_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <stdexcept>

namespace tocsin::test {
namespace {

constexpr IpAddress loopback{IpAddress::Family::v4, {127, 0, 0, 1}};

using Function = std::function<Result<http::Response>(const http::Request&)>;

http::Task<Result<http::Response>> call(Function function, http::Request request) {
  co_return function(request);
}

}  // namespace

TestServer::TestServer(std::vector<http::Route> routes, http::ServerConfig config) {
  config.address = loopback;
  config.on_incident = [this](const http::Incident& incident) {
    const std::lock_guard lock(mutex_);
    incidents_.push_back(incident);
  };
  auto opened =
      http::Server::open(deadlines_, clock_, random_, std::move(config), std::move(routes));
  if (!opened) throw std::runtime_error(opened.error().to_string());
  server_.emplace(std::move(*opened));
  boost::asio::co_spawn(loop_, server_->run(), boost::asio::detached);
  thread_ = std::jthread([this] { loop_.run(); });
}

TestServer::~TestServer() {
  stop();
}

http::ServerCounts TestServer::counts() {
  std::promise<http::ServerCounts> counts;
  boost::asio::post(loop_, [&] { counts.set_value(server_->counts()); });
  return counts.get_future().get();
}

std::vector<http::Incident> TestServer::incidents() {
  const std::lock_guard lock(mutex_);
  return incidents_;
}

void TestServer::stop() {
  boost::asio::post(loop_, [this] { server_->stop(); });
}

http::Handler handler(std::function<Result<http::Response>(const http::Request&)> function) {
  return [function = std::move(function)](http::Request request) {
    return call(function, std::move(request));
  };
}

http::Route echo_route(std::string path, std::size_t body_max) {
  return {.method = "POST",
          .path = std::move(path),
          .access = http::Access::open(),
          .body_max = body_max,
          .handler = handler([](const http::Request& request) -> Result<http::Response> {
            return http::Response{.status = 200, .headers = {}, .body = request.body};
          })};
}

}  // namespace tocsin::test
