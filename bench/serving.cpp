#include "bench/serving.h"

#include <signal.h>
#include <sys/wait.h>

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <exception>
#include <map>
#include <thread>
#include <utility>

#include "base/base64url.h"
#include "jose/digest.h"
#include "tocsin/json.h"

namespace tocsin::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t answer_max = 8 << 20;

std::string config_text(const ServingOptions& options, std::uint16_t port,
                        std::uint16_t admin_port) {
  const auto quoted = [](const std::string& text) { return '"' + text + "\"\n"; };
  const std::string hash = base64url_encode(as_text(sha256(bearer)));
  return "[server]\nlisten = " + quoted("127.0.0.1:" + std::to_string(port)) +
         "public_url = " + quoted(issuer) + "tls.certificate = " + quoted("file:cert.pem") +
         "tls.key = " + quoted("file:key.pem") + "connections_per_peer_max = 20000\n" +
         "[admin]\nlisten = " + quoted("127.0.0.1:" + std::to_string(admin_port)) +
         "token = " + quoted("file:admin-token") +  //
         "[store]\nurl = " + quoted("sqlite:" + options.store) +
         "key = " + quoted("file:store-key") + "[[oauth.token]]\nclient_id = " + quoted("bench") +
         "token_sha256 = " + quoted(hash) +
         "scopes = [\"ssf.read\", \"ssf.manage\", \"tocsin.publish\"]\n" +
         "[transmitter]\nissuer = " + quoted(issuer) + "signing = { algorithm = \"" +
         options.algorithm + "\", keys = \"file:" + options.algorithm +
         ".json\" }\nstreams_max = 10000\n" +
         "[[transmitter.receiver]]\nclient_id = " + quoted("bench") +
         "token_issuer = " + quoted("static") +  //
         "[[transmitter.producer]]\nclient_id = " + quoted("bench") +
         "token_issuer = " + quoted("static") +  //
         "[outbound]\nca_file = " + quoted("file:cert.pem") +
         "allow_networks = [\"127.0.0.0/8\"]\nconnections_max = 10000\n" +
         "connections_per_host_max = " + std::to_string(options.host_connections_max) + "\n" +
         "[log]\nlevel = " + quoted("warning");
}

void write_config(const Folder& folder, const ServingOptions& options, std::uint16_t port,
                  std::uint16_t admin_port) {
  const std::string keys = folder / (options.algorithm + ".json");
  if (read_file(keys).empty()) {
    run_to_end({TOCSIN_PROGRAM, "key", "new", "--alg", options.algorithm, "--out", keys},
               folder / "key.log");
  }
  write_file(folder / "admin-token", bearer);
  write_file(folder / "store-key", store_key);
  write_file(folder / "tocsin.toml", config_text(options, port, admin_port));
}

Task<void> ask_rest(Client& client, std::size_t& next, std::size_t count,
                    const std::function<http::OutboundRequest(std::size_t)>& make,
                    const std::function<void(std::size_t, const http::Response&)>& take) {
  while (next < count) {
    const std::size_t number = next++;
    http::OutboundRequest request = make(number);
    const http::Response response = co_await client.send(std::move(request));
    take(number, response);
  }
}

std::string stream_body(const std::string& delivery) {
  return R"({"events_requested":["https://schemas.openid.net/secevent/caep/event-type/)"
         R"(session-revoked"],"delivery":)" +
         delivery + '}';
}

}  // namespace

Client::Client(const Folder& folder, std::size_t connections_max)
    : resolver_(value_of(http::DnsResolver::open(loop), "resolver")) {
  std::map<std::string, http::TlsClient> trusts;
  trusts.emplace("", value_of(http::TlsClient::open({.ca_file = folder / "cert.pem"}), "trust"));
  http::PooledClientConfig config;
  config.exceptions.networks = {value_of(parse_ip_network("127.0.0.0/8"), "network")};
  config.attempt.connect = config.attempt.tls = config.attempt.attempt = 120s;
  config.pool.per_host = config.pool.total = connections_max;
  config.pool.waiting_max = 20'000;
  client_ = std::make_unique<http::PooledClient>(deadlines, *resolver_, std::move(trusts), config);
}

http::OutboundRequest Client::request(const std::string& method, const std::string& url,
                                      std::string body) const {
  http::OutboundRequest request;
  request.method = method;
  request.url = value_of(parse_url(url), url);
  request.headers.add("Authorization", "Bearer " + std::string(bearer));
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  request.response_body_max = answer_max;
  return request;
}

Task<http::Response> Client::send(http::OutboundRequest request) {
  const std::string url = request.url.to_text();
  Result<http::Response> response = co_await client_->send(std::move(request));
  co_return value_of(std::move(response), url);
}

void Client::run(Task<void> task) {
  bool is_done = false;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr bug) {
    if (bug) std::rethrow_exception(bug);
    is_done = true;
  });
  turn_until([&] { return is_done; });
}

void Client::turn_until(const std::function<bool()>& is_done, std::chrono::seconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!is_done()) {
    loop.restart();
    loop.run_one_until(end);
    must(std::chrono::steady_clock::now() < end,
         "no end after " + std::to_string(time.count()) + " s");
  }
}

http::Response Client::ask(http::OutboundRequest request) {
  http::Response answer;
  const auto make = [&](std::size_t) { return std::move(request); };
  const auto take = [&](std::size_t, const http::Response& response) { answer = response; };
  ask_all(1, 1, make, take);
  return answer;
}

void Client::ask_all(std::size_t count, std::size_t together,
                     const std::function<http::OutboundRequest(std::size_t)>& make,
                     const std::function<void(std::size_t, const http::Response&)>& take) {
  std::size_t next = 0;
  std::size_t open = 0;
  for (; open < std::min(count, together); ++open) {
    boost::asio::co_spawn(loop, ask_rest(*this, next, count, make, take),
                          [&](std::exception_ptr bug) {
                            if (bug) std::rethrow_exception(bug);
                            --open;
                          });
  }
  turn_until([&] { return open == 0; });
}

Serving::Serving(const Folder& folder, const ServingOptions& options)
    : port_(free_port()), admin_port_(free_port()), log_(folder / "serve.log") {
  write_config(folder, options, port_, admin_port_);
  pid_ = start({TOCSIN_PROGRAM, "serve", "--config", folder / "tocsin.toml"}, log_);
}

Serving::~Serving() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Serving::wait_until_ready(Client& client) const {
  const std::string ready = "https://127.0.0.1:" + std::to_string(admin_port_) + "/readyz";
  for (int tries = 0; tries < 12'000; ++tries) {
    must(::waitpid(pid_, nullptr, WNOHANG) == 0, "tocsin serve ended: " + read_file(log_));
    if (answers(admin_port_) && client.ask(client.request("GET", ready)).status == 200) return;
    std::this_thread::sleep_for(5ms);
  }
  fail("tocsin serve is not ready: " + read_file(log_));
}

std::string Serving::url(const std::string& path) const {
  return "https://127.0.0.1:" + std::to_string(port_) + path;
}

double Serving::metric(Client& client, const std::string& name) const {
  const http::Response page = client.ask(
      client.request("GET", "https://127.0.0.1:" + std::to_string(admin_port_) + "/metrics"));
  must(page.status == 200, "no metrics: " + page.body);
  const std::size_t at = page.body.find('\n' + name + ' ');
  must(at != std::string::npos, "no metric " + name);
  return std::strtod(page.body.c_str() + at + 2 + name.size(), nullptr);
}

std::string push_to(const std::string& endpoint_url) {
  return R"({"method":"urn:ietf:rfc:8935","endpoint_url":")" + endpoint_url + R"("})";
}

std::string by_poll() {
  return R"({"method":"urn:ietf:rfc:8936"})";
}

std::string member_of(const std::string& object, const std::string& name) {
  const Json json = value_of(parse_json(object), object);
  const Json* member = json.as_object() == nullptr ? nullptr : json.as_object()->find(name);
  must(member != nullptr && member->as_string() != nullptr, name + " is not in " + object);
  return *member->as_string();
}

std::vector<std::string> Serving::create_streams(
    Client& client, std::size_t count,
    const std::function<std::string(std::size_t)>& delivery) const {
  std::vector<std::string> ids(count);
  client.ask_all(
      count, 64,
      [&](std::size_t n) {
        return client.request("POST", url("/ssf/streams"), stream_body(delivery(n)));
      },
      [&](std::size_t n, const http::Response& response) {
        must(response.status == 201, "stream not created: " + response.body);
        ids[n] = member_of(response.body, "stream_id");
      });
  return ids;
}

std::string Serving::create_push_stream(Client& client, const std::string& endpoint_url) const {
  return create_streams(client, 1, [&](std::size_t) { return push_to(endpoint_url); }).front();
}

std::string Serving::create_poll_stream(Client& client) const {
  return create_streams(client, 1, [](std::size_t) { return by_poll(); }).front();
}

}  // namespace tocsin::bench
