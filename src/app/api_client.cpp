#include "app/api_client.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <map>
#include <optional>
#include <utility>

#include "app/config.h"
#include "base/try.h"
#include "http/dns_resolver.h"
#include "http/parameters.h"
#include "http/pooled_client.h"
#include "http/tls.h"

namespace tocsin::app {
namespace {

bool is_loopback(const Url& url) {
  return url.host == "localhost" ||
         (url.literal && ListenAddress{*url.literal, url.port}.is_loopback());
}

// The loop ends with the answer: a connection that is kept for the next call would keep it going.
http::Task<void> keep(loop::Loop& loop, http::Client& client, http::OutboundRequest request,
                      std::optional<Result<http::Response>>& answer) {
  answer.emplace(co_await client.send(std::move(request)));
  loop.stop();
}

}  // namespace

Result<http::Response> send_once(http::OutboundRequest request, const std::string& ca_file) {
  loop::Loop loop(1);
  http::Deadlines deadlines(loop);
  TOCSIN_TRY(const auto resolver, http::DnsResolver::open(loop));
  std::map<std::string, http::TlsClient> trusts;
  TOCSIN_TRY(auto trust, http::TlsClient::open({.ca_file = ca_file}));
  trusts.emplace("", std::move(trust));
  http::PooledClientConfig config;
  config.exceptions.hosts = {request.url.host};
  if (request.url.literal) {
    const bool is_v4 = request.url.literal->family == IpAddress::Family::v4;
    config.exceptions.networks = {{*request.url.literal, is_v4 ? 32U : 128U}};
  }
  if (!request.url.is_https()) config.exceptions.plain_http_hosts = {request.url.host};
  http::PooledClient client(deadlines, *resolver, std::move(trusts), config);
  std::optional<Result<http::Response>> answer;
  boost::asio::co_spawn(loop, keep(loop, client, std::move(request), answer),
                        [](std::exception_ptr failure) {
                          if (failure) std::rethrow_exception(failure);
                        });
  loop.run();
  return *std::move(answer);
}

namespace {

http::OutboundRequest post(Url url, std::string_view type, std::string body) {
  http::OutboundRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers.add("Content-Type", std::string(type));
  request.body = std::move(body);
  request.response_body_max = api_answer_max;
  return request;
}

}  // namespace

Result<Url> parse_api_url(const std::string& text) {
  TOCSIN_TRY(Url url, parse_url(text, PlainHttp::allowed));
  if (!url.is_https() && !is_loopback(url)) {
    return Error(Errc::url_syntax, "https, except on loopback");
  }
  return url;
}

Result<oauth::GrantedToken> fetch_access_token(const ApiCaller& caller, const std::string& scope) {
  TOCSIN_TRY(Url url, parse_api_url(caller.token_url));
  std::string form = "grant_type=client_credentials&client_id=";
  http::append_encoded(form, caller.client_id);
  form += "&client_secret=";
  http::append_encoded(form, caller.client_secret);
  if (!scope.empty()) {
    form += "&scope=";
    http::append_encoded(form, scope);
  }
  TOCSIN_TRY(const http::Response response,
             send_once(post(std::move(url), http::form_type, std::move(form)), caller.ca_file));
  return oauth::read_token_response(response);
}

Result<http::Response> post_events(const ApiCaller& caller, const std::string& events_url,
                                   const std::string& type, std::string body) {
  TOCSIN_TRY(Url url, parse_api_url(events_url));
  TOCSIN_TRY(const oauth::GrantedToken granted, fetch_access_token(caller, "tocsin.publish"));
  http::OutboundRequest request = post(std::move(url), type, std::move(body));
  request.headers.add("Authorization", "Bearer " + granted.access_token);
  return send_once(std::move(request), caller.ca_file);
}

}  // namespace tocsin::app
