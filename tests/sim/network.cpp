#include "sim/network.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "http/problem.h"

namespace tocsin::sim {
namespace {

constexpr std::chrono::seconds attempt_deadline{20};  // trust.md section 1
constexpr std::chrono::minutes straggler_max{10};

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

http::Request to_inbound(http::OutboundRequest request) {
  http::Request inbound;
  inbound.method = std::move(request.method);
  inbound.path = std::move(request.url.path);
  inbound.query = request.url.query.value_or("");
  inbound.headers = std::move(request.headers);
  inbound.body = std::move(request.body);
  inbound.peer = "192.0.2.1";
  return inbound;
}

http::Response overloaded() {
  http::Response response;
  response.status = 503;
  response.headers.add("Retry-After", "30");
  return response;
}

http::Response page() {
  http::Response response;
  response.headers.add("Content-Type", "text/html");
  response.body = "<html>Please log in.</html>";
  return response;
}

std::string outcome_text(const Result<http::Response>& answer) {
  if (!answer) return std::string(describe(answer.error().code).name);
  return std::to_string(answer->status);
}

}  // namespace

Network::Fate Network::draw() {
  std::uint64_t at = parts_.random.below(1000);
  for (const auto& [share, fate] :
       {std::pair(faults_.refused, Fate::refused), std::pair(faults_.cut_before, Fate::cut_before),
        std::pair(faults_.cut_after, Fate::cut_after), std::pair(faults_.hung, Fate::hung),
        std::pair(faults_.doubled, Fate::doubled), std::pair(faults_.overloaded, Fate::overloaded),
        std::pair(faults_.page, Fate::page)}) {
    if (at < share) return fate;
    at -= share;
  }
  return Fate::answered;
}

std::chrono::nanoseconds Network::delay() {
  const auto most = std::chrono::nanoseconds(faults_.delay_max).count();
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(parts_.random.below(static_cast<std::uint64_t>(most))));
}

Task<Result<http::Response>> Network::send(http::OutboundRequest request) {
  const std::string what = request.method + ' ' + request.url.to_text();
  const Fate fate = draw();
  Result<http::Response> answer = co_await carry(std::move(request), fate);
  parts_.trace.add(parts_.time.monotonic(), "network", what + ": " + outcome_text(answer));
  co_return answer;
}

Task<Result<http::Response>> Network::carry(http::OutboundRequest request, Fate fate) {
  co_await parts_.time.sleep(delay());
  switch (fate) {
    case Fate::refused:
      co_return Errc::net_connect;
    case Fate::cut_before:
      co_return Errc::net_closed;
    case Fate::hung:
      co_await parts_.time.sleep(attempt_deadline);
      co_return Errc::net_timeout;
    case Fate::overloaded:
      co_return overloaded();
    case Fate::page:
      co_return page();
    case Fate::doubled:
      boost::asio::co_spawn(parts_.loop, reach_again(request), rethrow);
      break;
    case Fate::cut_after:
    case Fate::answered:
      break;
  }
  http::Response response = co_await reach(std::move(request));
  co_await parts_.time.sleep(delay());
  if (fate == Fate::cut_after) co_return Errc::net_closed;
  co_return response;
}

// What the server of http/ does with a request, without its bytes and deadlines.
Task<http::Response> Network::reach(http::OutboundRequest request) {
  const auto host = hosts_.find(request.url.origin());
  if (host == hosts_.end()) co_return http::to_response(Errc::http_not_found, http::Face::problem);
  http::Request inbound = to_inbound(std::move(request));
  const http::Route* route = host->second->find(inbound.method, inbound.path).route;
  if (route == nullptr) co_return http::to_response(Errc::http_not_found, http::Face::problem);
  if (const Result<void> fits = http::judge_media_type(*route, inbound.headers); !fits) {
    co_return http::to_response(fits.error(), route->face);
  }
  if (const Result<void> may = co_await route->access.admit(inbound); !may) {
    co_return http::to_response(may.error(), route->face);
  }
  Result<http::Response> answer = co_await route->handler(std::move(inbound));
  if (!answer) co_return http::to_response(answer.error(), route->face);
  if (answer->headers.find("Cache-Control") == nullptr) {
    answer->headers.add("Cache-Control", route->cache_control);
  }
  co_return std::move(*answer);
}

Task<void> Network::reach_again(http::OutboundRequest request) {
  const auto later = std::chrono::nanoseconds(straggler_max).count();
  co_await parts_.time.sleep(std::chrono::nanoseconds(
      static_cast<std::int64_t>(parts_.random.below(static_cast<std::uint64_t>(later)))));
  const std::string what = "again " + request.method + ' ' + request.url.to_text();
  const http::Response response = co_await reach(std::move(request));
  parts_.trace.add(parts_.time.monotonic(), "network",
                   what + ": " + std::to_string(response.status));
}

}  // namespace tocsin::sim
