#include "app/health.h"

#include "admin/admin_access.h"

namespace tocsin::app {
namespace {

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
  if (ready) co_return plain(200, "ready\n");
  co_return plain(503, "not ready: " + std::string(ready.error().public_text()) + "\n");
}

http::Task<Result<http::Response>> answer_metrics(const std::vector<MetricsSource>* sources,
                                                  http::Request) {
  co_return co_await metrics_response(*sources);
}

http::Route get(std::string path, http::Access access, http::Handler handler) {
  http::Route route;
  route.method = "GET";
  route.path = std::move(path);
  route.access = std::move(access);
  route.handler = std::move(handler);
  return route;
}

constexpr std::chrono::seconds ask_every{1};
constexpr std::chrono::seconds answer_max{5};

}  // namespace

http::Task<Result<void>> ReadinessProbe::answer() {
  const std::chrono::nanoseconds now = clock_.monotonic();
  if (is_asking_ && now - *asked_at_ > answer_max) {
    co_return Error(Errc::store_unavailable, "no answer yet");
  }
  if (asked_at_ && (is_asking_ || now - *asked_at_ < ask_every)) co_return last_;
  const bool is_first = !asked_at_;
  asked_at_ = now;
  is_asking_ = true;
  const Result<void> answer = co_await ask_();
  is_asking_ = false;
  const bool has_changed = is_first ? !answer : answer.has_value() != last_.has_value();
  last_ = answer;
  if (has_changed) changed_(answer);
  co_return answer;
}

std::vector<http::Route> health_routes(const Readiness& readiness) {
  std::vector<http::Route> routes;
  routes.push_back(get("/livez", http::Access::open(), answer_live));
  routes.push_back(get("/readyz", http::Access::open(), [&readiness](http::Request request) {
    return answer_ready(&readiness, std::move(request));
  }));
  return routes;
}

http::Route metrics_route(const std::vector<MetricsSource>& sources, const http::Access& access) {
  return get("/metrics", access, [&sources](http::Request request) {
    return answer_metrics(&sources, std::move(request));
  });
}

Result<void> judge_admin_token(const std::string& token) {
  if (token.size() >= admin::token_min) return {};
  return Error(Errc::config_invalid, "the token of [admin] has less than " +
                                         std::to_string(admin::token_min) + " characters");
}

}  // namespace tocsin::app
