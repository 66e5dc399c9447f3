#include "app/demo_receiver.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>
#include <variant>

#include "base/base64url.h"
#include "base/try.h"
#include "issuer/discovery.h"
#include "oauth/resource_metadata.h"
#include "receiver/push_intake.h"
#include "receiver/transmitter_metadata.h"
#include "tocsin/json.h"

namespace tocsin::app {
namespace {

using std::chrono::milliseconds;

constexpr IpAddress loopback{IpAddress::Family::v4, {127, 0, 0, 1}};
constexpr std::string_view push_name = "demo";
constexpr milliseconds look_again{20};  // while the transmitter starts

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

const Json* member_of(const Json& json, std::string_view name) {
  return json.as_object() == nullptr ? nullptr : json.as_object()->find(name);
}

const std::string* text_in(const Json& json, std::string_view name) {
  const Json* member = member_of(json, name);
  return member == nullptr ? nullptr : member->as_string();
}

// RFC 9728: the first of those who give tokens for a resource.
Result<std::string> first_server(const Json& resource) {
  const Json* servers = member_of(resource, "authorization_servers");
  const JsonArray* list = servers == nullptr ? nullptr : servers->as_array();
  if (list == nullptr || list->empty() || list->front().as_string() == nullptr) {
    return Error(Errc::metadata_missing, "authorization_servers");
  }
  return *list->front().as_string();
}

// From the time that an event gives for itself.
std::optional<milliseconds> age_of(const Event& event, std::chrono::sys_time<milliseconds> now) {
  const Json payload = to_json(event);
  const Json* at = member_of(payload, "event_timestamp");
  if (at == nullptr || at->as_number() == nullptr) return {};
  const Result<NumericDate> date = NumericDate::from_number(*at->as_number());
  if (!date) return {};
  const milliseconds then =
      std::chrono::seconds(date->seconds) + milliseconds(date->nanoseconds / 1'000'000);
  return now.time_since_epoch() - then;
}

// The same signature under claims that name somebody else.
std::string tampered(const std::string& compact) {
  constexpr std::string_view name = R"("email":")";
  const std::size_t first = compact.find('.') + 1;
  const std::size_t second = compact.rfind('.');
  std::string claims =
      base64url_decode(std::string_view(compact).substr(first, second - first)).value_or("");
  const std::size_t at = claims.find(name);
  if (at != std::string::npos) claims.insert(at + name.size(), "not-");
  return compact.substr(0, first) + base64url_encode(claims) + compact.substr(second);
}

}  // namespace

DemoReceiver::DemoReceiver(Machine& machine, Config config)
    : machine_(machine),
      config_(std::move(config)),
      push_credential_("Bearer " + machine.random.id()),
      keys_(config_.issuer, *machine.client, machine.clock),
      push_(std::string(push_name), {keys_, inbox_, machine.clock},
            [this](const VerifiedSet& set, auto at) { arrive(DeliveryMethod::push, set, at); }),
      poll_("demo-poll", {keys_, inbox_, machine.clock},
            [this](const VerifiedSet& set, auto at) { arrive(DeliveryMethod::poll, set, at); }) {}

Result<std::unique_ptr<DemoReceiver>> DemoReceiver::open(Machine& machine, Config config) {
  std::unique_ptr<DemoReceiver> demo(new DemoReceiver(machine, std::move(config)));
  TOCSIN_TRY(http::Route route, receiver::push_route(std::string(push_name), demo->push_credential_,
                                                     demo->push_.intake));
  http::ServerConfig server;
  server.address = loopback;
  server.tls = demo->config_.tls;
  TOCSIN_TRY(demo->server_, http::Server::open(machine.deadlines, machine.clock, machine.random,
                                               std::move(server), {std::move(route)}));
  ++demo->working_;
  boost::asio::co_spawn(machine.loop, demo->serve(), rethrow);
  return demo;
}

Task<Result<void>> DemoReceiver::discover() {
  Result<Url> url = issuer::metadata_url(config_.issuer);
  if (!url) co_return std::move(url).error();
  metadata_url_ = *url;
  Result<TransmitterMetadata> metadata = Errc::net_closed;
  while (true) {
    metadata = co_await receiver::fetch_metadata(*machine_.client, {.issuer = config_.issuer});
    if (metadata || is_stopping_ || metadata.error().code != Errc::net_connect) break;
    co_await machine_.timers.sleep(look_again);
  }
  if (!metadata) co_return std::move(metadata).error();
  Result<Url> endpoint = co_await find_token_endpoint();
  if (!endpoint) co_return std::move(endpoint).error();
  token_endpoint_ = *std::move(endpoint);
  co_return open_api(*std::move(metadata));
}

// The resource names its authorization server (RFC 9728), which names its endpoint (RFC 8414).
Task<Result<Url>> DemoReceiver::find_token_endpoint() {
  const Result<std::string> resource_url = oauth::resource_metadata_url(config_.issuer);
  if (!resource_url) co_return resource_url.error();
  Result<Url> url = parse_url(*resource_url);
  if (!url) co_return std::move(url).error();
  const auto resource = co_await receiver::fetch_metadata_document(
      *machine_.client, {.issuer = config_.issuer, .url = *url});
  if (!resource) co_return resource.error();
  const Result<std::string> server = first_server(resource->json);
  if (!server) co_return server.error();
  url = issuer::metadata_url(*server, issuer::Metadata::authorization_server);
  if (!url) co_return std::move(url).error();
  const auto found = co_await receiver::fetch_metadata_document(*machine_.client,
                                                                {.issuer = *server, .url = *url});
  if (!found) co_return found.error();
  const std::string* endpoint = text_in(found->json, "token_endpoint");
  if (endpoint == nullptr) co_return Error(Errc::metadata_missing, "token_endpoint");
  co_return parse_url(*endpoint);
}

Result<void> DemoReceiver::open_api(TransmitterMetadata metadata) {
  oauth::TokenClientConfig client{.token_endpoint = *token_endpoint_,
                                  .client_id = config_.client_id,
                                  .client_secret = config_.client_secret};
  TOCSIN_TRY(tokens_, oauth::TokenClient::open(
                          std::move(client), {*machine_.client, machine_.random, machine_.clock}));
  TOCSIN_TRY(api_,
             receiver::TransmitterApi::open({.metadata = std::move(metadata)},
                                            {*machine_.client, machine_.clock, tokens_.get()}));
  return {};
}

Task<Result<StreamConfig>> DemoReceiver::create_stream(DeliveryMethod way) {
  StreamCreateRequest wanted;
  wanted.description = "the demo's";
  wanted.delivery.emplace();
  wanted.delivery->method = way;
  if (way == DeliveryMethod::push) {
    wanted.delivery->endpoint_url =
        "https://127.0.0.1:" + std::to_string(server_->port()) + "/push/" + std::string(push_name);
    wanted.delivery->authorization_header = push_credential_;
  }
  const auto reply = co_await api_->create(std::move(wanted));
  if (!reply.result) co_return reply.result.error();
  Stream& stream = stream_of(way);
  stream.config = *reply.result;
  SetPolicy policy;
  policy.iss = config_.issuer;
  policy.aud = stream.config.aud;
  policy.stream_id = stream.config.stream_id;
  stream.intake.replace_policy(std::move(policy));
  if (way == DeliveryMethod::poll) {
    Result<Url> endpoint = parse_url(stream.config.delivery.endpoint_url);
    if (!endpoint) co_return std::move(endpoint).error();
    ++working_;
    boost::asio::co_spawn(machine_.loop, poll(*std::move(endpoint)), rethrow);
  }
  co_return stream.config;
}

Task<Result<milliseconds>> DemoReceiver::verify(DeliveryMethod way) {
  Stream& stream = stream_of(way);
  const std::string state = machine_.random.id();
  stream.intake.expect_state(state);
  const auto begun = machine_.clock.monotonic();
  const auto reply =
      co_await api_->request_verification({.stream_id = stream.config.stream_id, .state = state});
  if (!reply.result) co_return reply.result.error();
  while (true) {
    const Result<Arrival> arrival = co_await next();
    if (!arrival) co_return arrival.error();
    if (arrival->way == way && arrival->state == state) break;
  }
  co_return std::chrono::ceil<milliseconds>(machine_.clock.monotonic() - begun);
}

Task<Result<DemoReceiver::Arrival>> DemoReceiver::next() {
  while (arrivals_.empty() && !is_stopping_) co_await arrived_.wait();
  if (arrivals_.empty()) co_return Error(Errc::net_closed, "stopped");
  Arrival arrival = std::move(arrivals_.front());
  arrivals_.pop_front();
  co_return arrival;
}

void DemoReceiver::arrive(DeliveryMethod way, const VerifiedSet& set,
                          std::chrono::sys_time<milliseconds> received_at) {
  Arrival arrival{.way = way,
                  .type = std::string(type_of(set->event)),
                  .subject = to_text(to_json(set->sub_id)),
                  .after = age_of(set->event, received_at)};
  if (const auto* verification = std::get_if<ssf::Verification>(&set->event)) {
    arrival.state = verification->state;
  }
  arrivals_.push_back(std::move(arrival));
  arrived_.open();
}

Task<Result<http::Response>> DemoReceiver::push_tampered() {
  const auto& kept = inbox_.entries();
  const auto pushed = std::find_if(kept.rbegin(), kept.rend(), [](const store::InboxEntry& entry) {
    return entry.upstream == push_name;
  });
  if (pushed == kept.rend()) co_return Error(Errc::internal_error, "nothing was pushed");
  Result<Url> url = parse_url(push_.config.delivery.endpoint_url);
  if (!url) co_return std::move(url).error();
  http::OutboundRequest request;
  request.method = "POST";
  request.url = *std::move(url);
  request.headers.add("Content-Type", "application/secevent+jwt");
  request.headers.add("Accept", "application/json");
  request.headers.add("Authorization", push_credential_);
  request.body = tampered(pushed->compact);
  co_return co_await machine_.client->send(std::move(request));
}

Task<void> DemoReceiver::serve() {
  co_await server_->run();
  one_ended();
}

Task<void> DemoReceiver::poll(Url endpoint) {
  runner_.emplace(receiver::PollRunner::Parts{.poll =
                                                  [this](receiver::TransmitterApi::Poll what) {
                                                    return api_->poll(std::move(what));
                                                  },
                                              .intake = poll_.intake,
                                              .timers = machine_.timers,
                                              .clock = machine_.clock,
                                              .random = machine_.random},
                  receiver::PollRunner::Config{});
  if (is_stopping_) runner_->stop();
  co_await runner_->run(std::move(endpoint));
  one_ended();
}

void DemoReceiver::one_ended() {
  --working_;
  ended_.open();
}

void DemoReceiver::stop() {
  is_stopping_ = true;
  arrived_.open();
  server_->stop();
  if (runner_) runner_->stop();
}

Task<void> DemoReceiver::ended() {
  while (working_ > 0) co_await ended_.wait();
}

}  // namespace tocsin::app
