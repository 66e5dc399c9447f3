#include "transmitter/push_runner.h"

#include <utility>
#include <variant>

namespace tocsin::transmitter {
namespace {

http::OutboundRequest push_request(const PushTarget& target, std::string compact) {
  http::OutboundRequest request;
  request.method = "POST";
  request.url = target.endpoint_url;
  request.headers.add("Content-Type", "application/secevent+jwt");
  request.headers.add("Accept", "application/json");
  request.headers.add("Accept-Language", "en");
  if (target.authorization_header) {
    request.headers.add("Authorization", *target.authorization_header);
  }
  request.body = std::move(compact);
  request.response_body_max = delivery::push_error_body_max;
  request.repeatable = true;  // PUSH-2-12: a repeated SET gets the same answer
  return request;
}

std::string_view value_or_empty(const http::Headers& headers, std::string_view name) {
  const std::string* value = headers.find(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

delivery::PushAnswer read_answer(const Result<http::Response>& response,
                                 std::chrono::sys_seconds now) {
  if (!response) {
    delivery::PushAnswer none;
    none.failure = response.error().code;
    return none;
  }
  return delivery::read_push_answer(
      {.status = response->status,
       .content_type = value_or_empty(response->headers, "Content-Type"),
       .retry_after = value_or_empty(response->headers, "Retry-After"),
       .body = response->body},
      now);
}

}  // namespace

Task<PushReport> PushRunner::attempt(PushTarget target, std::string compact,
                                     delivery::AttemptHistory history) {
  http::OutboundRequest request = push_request(target, std::move(compact));
  const Result<http::Response> response = co_await parts_.client.send(std::move(request));
  delivery::PushAnswer answer = read_answer(response, parts_.clock.wall_seconds());
  const delivery::PushOutcome outcome =
      delivery::judge_push(answer, history, parts_.random, parts_.retry);
  co_return PushReport{outcome, std::move(answer), delivery::add_attempt(history, outcome)};
}

Task<PushReport> PushRunner::deliver(PushTarget target, std::string compact) {
  delivery::AttemptHistory history;
  while (true) {
    PushReport report = co_await attempt(target, compact, history);
    const auto* retry = std::get_if<delivery::RetryAfter>(&report.outcome);
    if (retry == nullptr) co_return report;
    history = report.history;
    co_await parts_.timers.sleep(retry->delay);
  }
}

}  // namespace tocsin::transmitter
