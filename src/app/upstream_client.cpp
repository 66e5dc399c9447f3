#include "app/upstream_client.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "app/api_client.h"
#include "base/clock.h"
#include "base/try.h"
#include "http/dns_resolver.h"
#include "http/pooled_client.h"
#include "http/tls.h"
#include "jose/system_random.h"
#include "oauth/token_client.h"

namespace tocsin::app {
namespace {

// One command's way out. Members go in the reverse of their order: the loop last.
struct Outlet {
  loop::Loop loop{1};
  SystemClock clock;
  SystemRandom random;
  http::Deadlines deadlines{loop};
  std::unique_ptr<http::DnsResolver> resolver;
  std::unique_ptr<http::PooledClient> client;
};

Result<std::unique_ptr<Outlet>> open_outlet(const UpstreamCaller& caller) {
  auto outlet = std::make_unique<Outlet>();
  TOCSIN_TRY(outlet->resolver, http::DnsResolver::open(outlet->loop));
  std::map<std::string, http::TlsClient> trusts;
  TOCSIN_TRY(auto trust, http::TlsClient::open({.ca_file = caller.ca_file}));
  trusts.emplace("", std::move(trust));
  http::PooledClientConfig config;
  TOCSIN_TRY(config.exceptions,
             exceptions_for({caller.issuer, caller.metadata_url, caller.token_url}));
  outlet->client = std::make_unique<http::PooledClient>(outlet->deadlines, *outlet->resolver,
                                                        std::move(trusts), config);
  return outlet;
}

Result<receiver::MetadataSource> source_of(const UpstreamCaller& caller) {
  receiver::MetadataSource source{.issuer = caller.issuer};
  if (caller.metadata_url.empty()) return source;
  TOCSIN_TRY(source.url, parse_url(caller.metadata_url));
  return source;
}

// The loop ends with the answer: a connection that is kept for the next call would keep it going.
template <class T>
http::Task<void> keep(loop::Loop& loop, http::Task<Result<T>> task,
                      std::optional<Result<T>>& answer) {
  answer.emplace(co_await std::move(task));
  loop.stop();
}

template <class T>
Result<T> run(loop::Loop& loop, http::Task<Result<T>> task) {
  std::optional<Result<T>> answer;
  boost::asio::co_spawn(loop, keep(loop, std::move(task), answer), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  loop.run();
  return *std::move(answer);
}

Result<std::unique_ptr<oauth::TokenClient>> open_tokens(const UpstreamCaller& caller,
                                                        Outlet& outlet) {
  if (!caller.token.empty()) return std::unique_ptr<oauth::TokenClient>();
  oauth::TokenClientConfig config;
  TOCSIN_TRY(config.token_endpoint, parse_api_url(caller.token_url));
  config.client_id = caller.client_id;
  config.client_secret = caller.client_secret;
  if (!caller.scope.empty()) config.scope = caller.scope;
  return oauth::TokenClient::open(std::move(config), {*outlet.client, outlet.random, outlet.clock});
}

http::Task<Result<Json>> call(const UpstreamCaller& caller, Outlet& outlet,
                              receiver::MetadataSource source, const UpstreamWork& work) {
  auto tokens = open_tokens(caller, outlet);
  if (!tokens) co_return std::move(tokens).error();
  auto metadata = co_await receiver::fetch_metadata(*outlet.client, std::move(source));
  if (!metadata) co_return std::move(metadata).error();
  auto api = receiver::TransmitterApi::open(
      {.metadata = *std::move(metadata), .bearer = caller.token},
      {.client = *outlet.client, .clock = outlet.clock, .tokens = tokens->get()});
  if (!api) co_return std::move(api).error();
  co_return co_await work(**api);
}

}  // namespace

Result<receiver::MetadataDocument> discover_transmitter(const UpstreamCaller& caller) {
  TOCSIN_TRY(const auto outlet, open_outlet(caller));
  TOCSIN_TRY(receiver::MetadataSource source, source_of(caller));
  return run(outlet->loop, receiver::fetch_metadata_document(*outlet->client, std::move(source)));
}

Result<Json> call_transmitter(const UpstreamCaller& caller, const UpstreamWork& work) {
  TOCSIN_TRY(const auto outlet, open_outlet(caller));
  TOCSIN_TRY(receiver::MetadataSource source, source_of(caller));
  return run(outlet->loop, call(caller, *outlet, std::move(source), work));
}

}  // namespace tocsin::app
