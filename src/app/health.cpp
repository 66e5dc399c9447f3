#include "app/health.h"

#include "jose/digest.h"

namespace tocsin::app {
namespace {

constexpr std::size_t token_min = 32;  // octets

http::Response plain(unsigned status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.body = std::move(body);
  return response;
}

http::Task<Result<http::Response>> answer_live(http::Request) {
  co_return plain(200, "alive\n");
}

http::Task<Result<http::Response>> answer_ready(const Readiness* readiness, http::Request) {
  const Result<void> ready = co_await (*readiness)();
  co_return ready ? plain(200, "ready\n") : plain(503, "not ready\n");
}

http::Task<Result<http::Response>> answer_metrics(const std::vector<MetricsSource>* sources,
                                                  http::Request) {
  co_return metrics_response(*sources);
}

http::Access holder_of(const std::string& token) {
  const std::string expected = "Bearer " + token;
  return http::Access::guarded(
      "admin", "Bearer", http::at_once([expected](const http::Request& request) -> Result<Caller> {
        const std::string* given = request.headers.find("Authorization");
        if (given == nullptr) return Error(Errc::http_unauthenticated);
        // Hashes have one length, so the time tells nothing about the token's.
        const bool is_right =
            equal_in_constant_time(as_text(sha256(*given)), as_text(sha256(expected)));
        if (!is_right) return Error(Errc::token_invalid);
        return Caller{{"static", "admin"}, {"tocsin.admin"}};
      }));
}

http::Route get(std::string path, http::Access access, http::Handler handler) {
  http::Route route;
  route.method = "GET";
  route.path = std::move(path);
  route.access = std::move(access);
  route.handler = std::move(handler);
  return route;
}

}  // namespace

std::vector<http::Route> admin_routes(const Readiness& readiness,
                                      const std::vector<MetricsSource>& sources,
                                      const std::string& token) {
  std::vector<http::Route> routes;
  routes.push_back(get("/livez", http::Access::open(), answer_live));
  routes.push_back(get("/readyz", http::Access::open(), [&readiness](http::Request request) {
    return answer_ready(&readiness, std::move(request));
  }));
  if (!token.empty()) {
    routes.push_back(get("/metrics", holder_of(token), [&sources](http::Request request) {
      return answer_metrics(&sources, std::move(request));
    }));
  }
  return routes;
}

Result<void> judge_admin_token(const std::string& token) {
  if (token.size() >= token_min) return {};
  return Error(Errc::config_invalid,
               "the token of [admin] has less than " + std::to_string(token_min) + " characters");
}

}  // namespace tocsin::app
