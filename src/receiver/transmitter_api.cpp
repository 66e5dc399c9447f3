#include "receiver/transmitter_api.h"

#include <algorithm>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include "base/try.h"
#include "delivery/retry_delay.h"
#include "http/parameters.h"
#include "tocsin/json.h"

namespace tocsin::receiver {
namespace {

constexpr std::size_t answer_max = 1024 * 1024;    // octets of a stream configuration, or of a list
constexpr std::size_t quoted_max = 300;            // octets of an answer that are shown to people
constexpr std::chrono::seconds attempt_usual{20};  // beyond the time a poll may wait

Errc refusal_of(unsigned status) noexcept {
  switch (status) {
    case 401:
      return Errc::token_invalid;
    case 403:
      return Errc::token_scope;
    case 404:
      return Errc::stream_unknown;
    case 409:
      return Errc::stream_limit;
    case 429:
      return Errc::http_too_many;
    default:
      return status >= 400 && status < 500 ? Errc::http_request : Errc::net_answer;
  }
}

// The sentence of a problem document (RFC 9457) or of an RFC 8935 error, else the body's beginning.
std::string quoted(const std::string& body) {
  if (const Result<Json> json = parse_json(body); json && json->as_object() != nullptr) {
    for (const std::string_view name : {"detail", "description", "error_description", "title"}) {
      const Json* const member = json->as_object()->find(name);
      if (member != nullptr && member->as_string() != nullptr) {
        return member->as_string()->substr(0, quoted_max);
      }
    }
  }
  return body.substr(0, quoted_max);
}

Error refusal(const http::Response& response) {
  std::string detail = "status " + std::to_string(response.status);
  if (!response.body.empty()) detail += ": " + quoted(response.body);
  return {refusal_of(response.status), std::move(detail)};
}

// The reply to a call, with `value` for what it has to say.
template <class T, class U>
Reply<T> with(const Reply<U>& reply, Result<T> value) {
  return {std::move(value), reply.status, reply.retry_after};
}

// A body is read only where the status is the one the operation has.
Result<Json> json_of(const http::Response& response) {
  Result<Json> json = parse_json(response.body, {.text_max = answer_max});
  if (!json) return Error(Errc::net_answer, json.error().to_string());
  return json;
}

// `read` makes a Result of the JSON of an answer with status `good`.
template <class Read>
auto read_reply(Reply<http::Response> reply, unsigned good, const Read& read)
    -> Reply<typename std::invoke_result_t<const Read&, Json>::value_type> {
  using T = typename std::invoke_result_t<const Read&, Json>::value_type;
  if (!reply.result) return with<T>(reply, std::move(reply.result).error());
  if (reply.status != good) return with<T>(reply, refusal(*reply.result));
  Result<Json> json = json_of(*reply.result);
  if (!json) return with<T>(reply, std::move(json).error());
  return with<T>(reply, read(*std::move(json)));
}

template <class Read>
auto read_eventual(Reply<http::Response> reply, const Read& read)
    -> Reply<Eventual<typename std::invoke_result_t<const Read&, Json>::value_type>> {
  using T = typename std::invoke_result_t<const Read&, Json>::value_type;
  if (reply.status == 202) return with<Eventual<T>>(reply, Eventual<T>());
  Reply<T> read_now = read_reply(std::move(reply), 200, read);
  return with<Eventual<T>>(read_now, std::move(read_now.result).transform([](T&& value) {
    return Eventual<T>(std::move(value));
  }));
}

bool is_one_of(unsigned status, std::initializer_list<unsigned> list) {
  return std::ranges::find(list, status) != list.end();
}

// What has no answer but its status. SSF-ERR-05 says which count.
Reply<bool> judged(Reply<http::Response> reply, std::initializer_list<unsigned> good) {
  if (!reply.result) return with<bool>(reply, std::move(reply.result).error());
  if (is_one_of(reply.status, good)) return with<bool>(reply, true);
  return with<bool>(reply, refusal(*reply.result));
}

}  // namespace

struct TransmitterApi::Endpoints {
  std::optional<Url> configuration;
  std::optional<Url> status;
  std::optional<Url> add_subject;
  std::optional<Url> remove_subject;
  std::optional<Url> verification;
};

struct TransmitterApi::Call {
  std::string_view endpoint;  // its name in the metadata
  std::string method;
  std::optional<Url> url;
  std::optional<Json> body{};
  std::string stream_id{};  // for the query; empty: none
};

namespace {

// Which hosts are called without TLS is for the address rule.
Result<std::optional<Url>> endpoint(const std::optional<std::string>& text, std::string_view name) {
  if (!text) return std::optional<Url>();
  Result<Url> url = parse_url(*text, PlainHttp::allowed);
  if (!url) return Error(Errc::metadata_value, std::string(name) + ": " + url.error().detail);
  return std::optional<Url>(*std::move(url));
}

}  // namespace

Result<std::unique_ptr<TransmitterApi>> TransmitterApi::open(Config config, Parts parts) {
  if (config.bearer.empty() == (parts.tokens == nullptr)) {
    return Error(Errc::config_invalid,
                 "a transmitter is called with a bearer token or as a client");
  }
  const TransmitterMetadata& metadata = config.metadata;
  auto endpoints = std::make_unique<Endpoints>();
  TOCSIN_TRY(endpoints->configuration,
             endpoint(metadata.configuration_endpoint, "configuration_endpoint"));
  TOCSIN_TRY(endpoints->status, endpoint(metadata.status_endpoint, "status_endpoint"));
  TOCSIN_TRY(endpoints->add_subject,
             endpoint(metadata.add_subject_endpoint, "add_subject_endpoint"));
  TOCSIN_TRY(endpoints->remove_subject,
             endpoint(metadata.remove_subject_endpoint, "remove_subject_endpoint"));
  TOCSIN_TRY(endpoints->verification,
             endpoint(metadata.verification_endpoint, "verification_endpoint"));
  return std::unique_ptr<TransmitterApi>(
      new TransmitterApi(std::move(config), parts, std::move(endpoints)));
}

TransmitterApi::TransmitterApi(Config config, Parts parts, std::unique_ptr<Endpoints> endpoints)
    : config_(std::move(config)), parts_(parts), endpoints_(std::move(endpoints)) {}
TransmitterApi::~TransmitterApi() = default;

Task<Reply<http::Response>> TransmitterApi::send(Call call) {
  if (!call.url)
    co_return Reply<http::Response>{Error(Errc::metadata_missing, std::string(call.endpoint))};
  http::OutboundRequest request;
  request.method = std::move(call.method);
  request.url = *std::move(call.url);
  request.headers.add("Accept", "application/json");
  request.response_body_max = answer_max;
  request.trust = config_.trust;
  if (!call.stream_id.empty()) {
    std::string query = request.url.query ? *request.url.query + "&stream_id=" : "stream_id=";
    http::append_encoded(query, call.stream_id);
    request.url.query = std::move(query);
  }
  if (call.body) {
    request.headers.add("Content-Type", "application/json");
    request.body = to_text(*call.body);
  }
  co_return co_await attempt(request);
}

// A token may have ended since it was fetched: on 401 one new one is tried, never two.
Task<Reply<http::Response>> TransmitterApi::attempt(const http::OutboundRequest& request) {
  for (bool is_last = parts_.tokens == nullptr;; is_last = true) {
    Result<std::string> token = config_.bearer;
    if (parts_.tokens != nullptr) token = co_await parts_.tokens->token();
    if (!token) co_return Reply<http::Response>{std::move(token).error()};
    http::OutboundRequest authorised = request;
    authorised.headers.add("Authorization", "Bearer " + *token);
    Result<http::Response> response = co_await parts_.client.send(std::move(authorised));
    if (!response) co_return Reply<http::Response>{std::move(response).error()};
    if (response->status == 401 && !is_last) {
      parts_.tokens->discard(*token);
      continue;
    }
    Reply<http::Response> reply{Errc::internal_error, response->status};
    if (const std::string* const after = response->headers.find("Retry-After")) {
      reply.retry_after = delivery::parse_retry_after(*after, parts_.clock.wall_seconds())
                              .value_or(std::chrono::seconds{});
    }
    reply.result = *std::move(response);
    co_return reply;
  }
}

std::function<Result<StreamConfig>(Json)> TransmitterApi::config_reader() const {
  return [this](Json json) {
    return parse_stream_config(std::move(json), config_.metadata.issuer, config_.strictness);
  };
}

Task<Reply<StreamConfig>> TransmitterApi::create(StreamCreateRequest stream) {
  auto reply =
      co_await send({"configuration_endpoint", "POST", endpoints_->configuration, to_json(stream)});
  co_return read_reply(std::move(reply), 201, config_reader());
}

Task<Reply<StreamConfig>> TransmitterApi::read(std::string stream_id) {
  auto reply = co_await send(
      {"configuration_endpoint", "GET", endpoints_->configuration, {}, std::move(stream_id)});
  co_return read_reply(std::move(reply), 200, config_reader());
}

Task<Reply<std::vector<Result<StreamConfig>>>> TransmitterApi::list() {
  auto reply = co_await send({"configuration_endpoint", "GET", endpoints_->configuration});
  co_return read_reply(std::move(reply), 200, [this](Json json) {
    return parse_stream_configs(std::move(json), config_.metadata.issuer, config_.strictness);
  });
}

Task<Reply<Eventual<StreamConfig>>> TransmitterApi::update(StreamUpdateRequest change) {
  auto reply = co_await send(
      {"configuration_endpoint", "PATCH", endpoints_->configuration, to_json(change)});
  co_return read_eventual(std::move(reply), config_reader());
}

Task<Reply<Eventual<StreamConfig>>> TransmitterApi::replace(StreamReplaceRequest stream) {
  auto reply =
      co_await send({"configuration_endpoint", "PUT", endpoints_->configuration, to_json(stream)});
  co_return read_eventual(std::move(reply), config_reader());
}

Task<Reply<bool>> TransmitterApi::remove(std::string stream_id) {
  auto reply = co_await send(
      {"configuration_endpoint", "DELETE", endpoints_->configuration, {}, std::move(stream_id)});
  co_return judged(std::move(reply), {200, 204});
}

Task<Reply<StatusDocument>> TransmitterApi::status(std::string stream_id) {
  auto reply =
      co_await send({"status_endpoint", "GET", endpoints_->status, {}, std::move(stream_id)});
  co_return read_reply(std::move(reply), 200, parse_status);
}

Task<Reply<Eventual<StatusDocument>>> TransmitterApi::update_status(StatusDocument status) {
  auto reply = co_await send({"status_endpoint", "POST", endpoints_->status, to_json(status)});
  co_return read_eventual(std::move(reply), parse_status);
}

Task<Reply<bool>> TransmitterApi::add_subject(SubjectAddRequest subject) {
  auto reply =
      co_await send({"add_subject_endpoint", "POST", endpoints_->add_subject, to_json(subject)});
  co_return judged(std::move(reply), {200, 204});
}

Task<Reply<bool>> TransmitterApi::remove_subject(SubjectRemoveRequest subject) {
  auto reply = co_await send(
      {"remove_subject_endpoint", "POST", endpoints_->remove_subject, to_json(subject)});
  co_return judged(std::move(reply), {204, 200});
}

Task<Reply<bool>> TransmitterApi::request_verification(VerificationRequest request) {
  auto reply =
      co_await send({"verification_endpoint", "POST", endpoints_->verification, to_json(request)});
  co_return judged(std::move(reply), {204, 200, 202});
}

Task<Reply<PollAnswer>> TransmitterApi::poll(Poll poll) {
  http::OutboundRequest request;
  request.method = "POST";
  request.url = std::move(poll.endpoint);
  request.headers.add("Accept", "application/json");
  request.headers.add("Content-Type", "application/json");
  if (poll.reports_errors) request.headers.add("Content-Language", "en");  // POLL-2.6-02
  request.body = std::move(poll.body);
  request.response_body_max = poll_body_max;
  request.trust = config_.trust;
  request.attempt_max = poll.wait + attempt_usual;
  auto reply = co_await attempt(request);
  if (!reply.result) co_return with<PollAnswer>(reply, std::move(reply.result).error());
  if (reply.status != 200) co_return with<PollAnswer>(reply, refusal(*reply.result));
  Result<PollAnswer> answer = parse_poll_answer(reply.result->body);
  if (!answer) {
    co_return with<PollAnswer>(reply, Error(Errc::net_answer, answer.error().to_string()));
  }
  co_return with(reply, std::move(answer));
}

}  // namespace tocsin::receiver
