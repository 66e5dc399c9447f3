#include "app/fetched_keys.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <map>
#include <optional>
#include <utility>

#include "base/try.h"
#include "base/url.h"
#include "http/deadlines.h"
#include "http/dns_resolver.h"
#include "http/pooled_client.h"
#include "issuer/discovery.h"

namespace tocsin::app {
namespace {

using loop::Task;

Task<Result<KeySet>> keys_at(http::Client& client, Url url) {
  Result<issuer::JwksFetched> fetched = co_await issuer::fetch_jwks(client, std::move(url));
  if (!fetched) co_return std::move(fetched).error();
  co_return std::move(fetched->keys);
}

Task<Result<KeySet>> keys_of_issuer(http::Client& client, std::string issuer) {
  Result<issuer::Discovered> found = co_await issuer::discover(client, std::move(issuer));
  if (!found) co_return std::move(found).error();
  co_return co_await keys_at(client, std::move(found->jwks_uri));
}

// Keeps the answer and ends the loop: connections that idle are of no more use.
Task<void> keep(loop::Loop& loop, Task<Result<KeySet>> question,
                std::optional<Result<KeySet>>& answer) {
  answer.emplace(co_await std::move(question));
  loop.stop();
}

// A loop and a client for one question. `ask` gives the task that answers it.
template <class Ask>
Result<KeySet> run(const FetchOptions& options, const Ask& ask) {
  loop::Loop loop(1);
  http::Deadlines deadlines(loop);
  TOCSIN_TRY(const auto resolver, http::DnsResolver::open(loop));
  std::map<std::string, http::TlsClient> trusts;
  TOCSIN_TRY(auto trust, http::TlsClient::open({.ca_file = options.ca_file}));
  trusts.emplace("", std::move(trust));
  http::PooledClientConfig config;
  config.exceptions.networks = options.networks;
  http::PooledClient client(deadlines, *resolver, std::move(trusts), config);

  std::optional<Result<KeySet>> keys;
  boost::asio::co_spawn(loop, keep(loop, ask(client), keys), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  loop.run();
  return *std::move(keys);
}

}  // namespace

Result<KeySet> fetch_issuer_keys(const std::string& issuer, const FetchOptions& options) {
  return run(options, [&](http::Client& client) { return keys_of_issuer(client, issuer); });
}

Result<KeySet> fetch_keys(std::string_view url, const FetchOptions& options) {
  TOCSIN_TRY(const Url parsed, parse_url(url));
  return run(options, [&](http::Client& client) { return keys_at(client, parsed); });
}

}  // namespace tocsin::app
