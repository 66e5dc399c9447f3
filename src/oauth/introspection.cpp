#include "oauth/introspection.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "http/parameters.h"
#include "oauth/basic.h"

namespace tocsin::oauth {

Result<std::unique_ptr<IntrospectionCheck>> IntrospectionCheck::open(IntrospectionConfig config,
                                                                     http::Client& client,
                                                                     const Clock& clock) {
  TOCSIN_CHECK(judge_policy(config.policy));
  if (config.client_id.empty() || config.client_secret.empty()) {
    return Error(Errc::config_invalid, "introspection: no credentials");
  }
  if (config.ttl < std::chrono::seconds::zero() || config.ttl > introspection_ttl_max) {
    return Error(Errc::config_invalid, "introspection: ttl");
  }
  return std::unique_ptr<IntrospectionCheck>(
      new IntrospectionCheck(std::move(config), client, clock));
}

Task<Result<Caller>> IntrospectionCheck::check(std::string_view token) {
  const Sha256 hash = sha256(token);
  const auto known = remembered_.find(hash);
  if (known != remembered_.end() && clock_.monotonic() < known->second.until) {
    co_return known->second.caller;
  }
  if (const auto asking = asking_.find(hash); asking != asking_.end()) {
    const std::shared_ptr<Question> question = asking->second;
    co_await question->answered.wait();
    co_return *question->answer;
  }
  if (asking_.size() >= config_.asking_max) co_return Error(Errc::overloaded, "introspection");
  co_return co_await ask(hash, token);
}

Task<Result<Caller>> IntrospectionCheck::ask(Sha256 hash, std::string_view token) {
  const auto question = std::make_shared<Question>();
  asking_.emplace(hash, question);
  // Whatever happens, those who joined are told.
  const auto tell = [this, hash](Question* done) {
    if (!done->answer) done->answer.emplace(Errc::internal_error);
    asking_.erase(hash);
    done->answered.open();
  };
  const std::unique_ptr<Question, decltype(tell)> told(question.get(), tell);
  const Instant asked = clock_.monotonic();
  Result<AccessToken> answer = co_await introspect(token);
  if (answer) {
    remember(hash, *answer, asked);
    question->answer.emplace(std::move(answer->caller));
  } else {
    question->answer.emplace(std::move(answer).error());
  }
  co_return *question->answer;
}

Task<Result<AccessToken>> IntrospectionCheck::introspect(std::string_view token) {
  const Result<http::Response> response = co_await client_.send(request_for(token));
  if (!response) co_return response.error();
  if (response->status != 200) {
    co_return Error(Errc::net_answer, "introspection: status " + std::to_string(response->status));
  }
  const Result<Json> json = parse_json(response->body);
  if (!json || json->as_object() == nullptr) {
    co_return Error(Errc::net_answer, "introspection: no JSON object");
  }
  co_return judge_introspection(*json->as_object(), config_.policy, clock_.wall_seconds());
}

http::OutboundRequest IntrospectionCheck::request_for(std::string_view token) const {
  http::OutboundRequest request;
  request.method = "POST";
  request.url = config_.endpoint;
  request.headers.add("Accept", "application/json");
  request.headers.add("Content-Type", std::string(http::form_type));
  request.headers.add("Authorization",
                      basic_authorization({config_.client_id, config_.client_secret}));
  request.body = "token=";
  http::append_encoded(request.body, token);
  request.body += "&token_type_hint=access_token";
  request.repeatable = true;
  return request;
}

// From when we asked: the answer says nothing about what came after.
void IntrospectionCheck::remember(const Sha256& hash, const AccessToken& token, Instant asked) {
  std::chrono::nanoseconds span = config_.ttl;
  if (token.exp) span = std::min<std::chrono::nanoseconds>(span, *token.exp - clock_.wall());
  forget_old();
  if (span <= std::chrono::nanoseconds::zero() || config_.remembered_max == 0) return;
  const Instant until = asked + span;
  remembered_.insert_or_assign(hash, Remembered{token.caller, until});
  order_.emplace_back(asked + config_.ttl, hash);
}

// What lives no longer, and the oldest of what is too many.
void IntrospectionCheck::forget_old() {
  const Instant now = clock_.monotonic();
  while (!order_.empty() &&
         (order_.front().first <= now || order_.size() >= config_.remembered_max)) {
    const auto found = remembered_.find(order_.front().second);
    // Remembered anew since, it stands in the order once more, further back.
    if (found != remembered_.end() &&
        (found->second.until <= now || order_.size() >= config_.remembered_max)) {
      remembered_.erase(found);
    }
    order_.pop_front();
  }
}

}  // namespace tocsin::oauth
