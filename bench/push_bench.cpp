// What the transmitter delivers by push, measured on `tocsin serve` itself: wrk hands in events,
// one a request, and nginx takes the SETs, all of it over TLS on this machine.
//
// The floor of a delivered SET is what nobody can avoid: one signature by OpenSSL, one POST as wrk
// sends it, one as nginx serves it; measured before and after, in the same run.
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/base64url.h"
#include "bench/arms.h"
#include "bench/serving.h"
#include "http/server.h"
#include "tocsin/json.h"

namespace {

using namespace tocsin;
using namespace tocsin::bench;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr int subjects = 1000;
constexpr auto load_length = 5s;
constexpr const char* delivered = "tocsin_push_sets_total{state=\"delivered\"}";
constexpr const char* attempts_accepted = "tocsin_push_attempts_total{outcome=\"accepted\"}";

double since(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

// OpenSSL alone. For one thread.
class RawSigner {
 public:
  explicit RawSigner(const std::string& algorithm)
      : key_(algorithm == "RS256" ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048})
                                  : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"),
             EVP_PKEY_free) {}

  void sign() {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    std::size_t length = signature_.size();
    must(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
             EVP_DigestSign(context.get(), signature_.data(), &length, input_.data(),
                            input_.size()) == 1,
         "sign");
  }

  // The lowest of a few samples.
  double cpu_microseconds() {
    double lowest = 1e30;
    for (int sample = 0; sample < 10; ++sample) {
      const double begin = thread_microseconds();
      for (int i = 0; i < 100; ++i) sign();
      lowest = std::min(lowest, (thread_microseconds() - begin) / 100);
    }
    return lowest;
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::vector<unsigned char> input_ = std::vector<unsigned char>(600, 'x');
  std::vector<unsigned char> signature_ = std::vector<unsigned char>(512);
};

// What all cores sign together.
double signatures_per_second(const std::string& algorithm) {
  constexpr auto length = 1500ms;
  std::atomic<std::uint64_t> count{0};
  std::vector<std::thread> threads;
  const auto begin = Steady::now();
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      RawSigner signer(algorithm);
      for (; Steady::now() < begin + length; ++count) signer.sign();
    });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(count) / since(begin);
}

std::string events_url(std::uint16_t port) {
  return "https://127.0.0.1:" + std::to_string(port) + "/events";
}

Load load_of(std::string url) {
  return {.url = std::move(url),
          .token = bearer,
          .script = event_script(),
          .bodies = subjects,
          .length = load_length};
}

// Waits until the counter is at least so high.
void wait_for(const Serving& serving, Client& client, const char* counter, double count) {
  const auto begin = Steady::now();
  while (serving.metric(client, counter) < count) {
    must(since(begin) < 60, std::string(counter) + " stands still");
    std::this_thread::sleep_for(10ms);
  }
}

struct Throughput {
  double per_second = 0;        // from the first POST to the last acknowledged push
  double cpu_microseconds = 0;  // of tocsin, per SET
};

Throughput push_throughput(const Folder& folder, const Nginx& nginx, const std::string& algorithm) {
  Client client(folder);
  Serving serving(folder, {.algorithm = algorithm, .store = algorithm + ".db"});
  serving.wait_until_ready(client);
  serving.create_push_stream(client, events_url(nginx.port()));
  const double cpu_before = serving.cpu_seconds();
  const auto begin = Steady::now();
  const LoadAnswer load = run_wrk(folder, load_of(serving.url("/events")));
  const double accepted = serving.metric(
      client, std::string("tocsin_events_total{issuer=\"") + issuer + "\",outcome=\"accepted\"}");
  must(accepted >= load.requests, "an accepted event is not counted");
  wait_for(serving, client, delivered, accepted);
  Throughput answer;
  answer.per_second = accepted / since(begin);
  answer.cpu_microseconds = (serving.cpu_seconds() - cpu_before) / accepted * 1e6;
  return answer;
}

// CPU of one POST on both sides, in microseconds.
double post_microseconds(const Folder& folder, const Nginx& nginx) {
  const double before = nginx.cpu_seconds();
  Load load = load_of(events_url(nginx.port()));
  load.length = 2s;
  const LoadAnswer answer = run_wrk(folder, load);
  return (answer.cpu_seconds + nginx.cpu_seconds() - before) / answer.requests * 1e6;
}

bool print_throughput(const Folder& folder, const std::string& algorithm) {
  const Nginx nginx(folder);
  RawSigner signer(algorithm);
  const double signature_before = signer.cpu_microseconds();
  const double post_before = post_microseconds(folder, nginx);
  const double signing_before = signatures_per_second(algorithm);
  const Throughput pushed = push_throughput(folder, nginx, algorithm);
  const double signing = (signing_before + signatures_per_second(algorithm)) / 2;
  const double floor = (signature_before + signer.cpu_microseconds()) / 2 +
                       (post_before + post_microseconds(folder, nginx)) / 2;
  const bool is_fast =
      algorithm == "ES256"
          ? print_at_least("ES256, one stream: events a second from POST to acknowledged push",
                           pushed.per_second, 4000)
          : print_at_least("RS256, one stream: per cent of what the cores can sign",
                           pushed.per_second / signing * 100, 75);
  return print_against((algorithm + ": CPU of a delivered SET, µs").c_str(), floor,
                       pushed.cpu_microseconds, 1.6) &&
         is_fast;
}

// Posts on time, whatever became of the posts before, and takes the pushes.
class Latency {
 public:
  Latency(const Folder& folder, Client& client) : client_(client) {
    http::Route route;
    route.method = "POST";
    route.path = "/push";
    route.access = http::Access::open();
    route.media_types = {"application/secevent+jwt"};
    route.body_max = 64 * 1024;
    route.handler = [this](const http::Request& request) { return answer(take(request)); };
    http::ServerConfig config;
    config.address = {IpAddress::Family::v4, {127, 0, 0, 1}};
    config.tls = value_of(http::TlsServer::open({folder / "cert.pem", folder / "key.pem"}), "tls");
    server_ = std::make_unique<http::Server>(
        value_of(http::Server::open(client.deadlines, client.clock, client.random,
                                    std::move(config), {std::move(route)}),
                 "server"));
    boost::asio::co_spawn(client.loop, server_->run(), [](std::exception_ptr) {});
  }

  std::string url() const {
    return "https://127.0.0.1:" + std::to_string(server_->port()) + "/push";
  }

  // Milliseconds from the POST to the push, sorted.
  std::vector<double> measure(const Serving& serving) {
    client_.run(post_all(serving));
    std::vector<double> took;
    // The first ones meet cold connections.
    for (std::size_t n = warm_up; n < posts; ++n) {
      took.push_back(std::chrono::duration<double, std::milli>(came_[n] - sent_[n]).count());
    }
    std::ranges::sort(took);
    return took;
  }

 private:
  static constexpr std::size_t posts = 1800;
  static constexpr std::size_t warm_up = 200;
  static constexpr auto every = 5ms;

  static Task<Result<http::Response>> answer(http::Response response) { co_return response; }

  http::Response take(const http::Request& request) {
    const Steady::time_point now = Steady::now();
    const std::size_t first = request.body.find('.');
    const std::size_t second = request.body.rfind('.');
    const auto claims =
        base64url_decode(std::string_view(request.body).substr(first + 1, second - first - 1));
    const auto number = static_cast<std::size_t>(
        std::strtoul(member_of(value_of(claims, "claims"), "txn").c_str(), nullptr, 10));
    came_.at(number) = now;
    ++came_count_;
    http::Response response;
    response.status = 202;
    return response;
  }

  Task<void> post(const Serving& serving, std::size_t number) {
    const std::string body =
        R"({"type":"caep:session-revoked","subject":{"format":"email","email":"user)" +
        std::to_string(number) +
        R"(@example.com"},"event":{"reason_admin":{"en":"Policy Violation: C076E82F"}},"txn":")" +
        std::to_string(number) + "\"}";
    http::OutboundRequest request = client_.request("POST", serving.url("/events"), body);
    sent_[number] = Steady::now();
    const http::Response response = co_await client_.send(std::move(request));
    must(response.status == 202, "event refused: " + response.body);
  }

  Task<void> post_all(const Serving& serving) {
    const auto begin = Steady::now();
    for (std::size_t n = 0; n < posts; ++n) {
      const auto wait = begin + n * every - Steady::now();
      if (wait > 0ms)
        co_await client_.timers.sleep(std::chrono::ceil<std::chrono::milliseconds>(wait));
      boost::asio::co_spawn(client_.loop, post(serving, n), [](std::exception_ptr) {});
    }
    for (int tries = 0; came_count_ < posts; ++tries) {
      must(tries < 2000, "events did not come");
      co_await client_.timers.sleep(10ms);
    }
  }

  Client& client_;
  std::unique_ptr<http::Server> server_;
  std::vector<Steady::time_point> sent_ = std::vector<Steady::time_point>(posts);
  std::vector<Steady::time_point> came_ = std::vector<Steady::time_point>(posts);
  std::size_t came_count_ = 0;
};

bool print_latency(const Folder& folder) {
  Client client(folder);
  Serving serving(folder, {.store = "latency.db"});
  serving.wait_until_ready(client);
  Latency latency(folder, client);
  serving.create_push_stream(client, latency.url());
  const auto sync_before = fdatasync_median(folder);
  const std::vector<double> took = latency.measure(serving);
  const auto sync_after = fdatasync_median(folder);
  const double sync =
      std::chrono::duration<double, std::milli>(sync_before + sync_after).count() / 2;
  const double middle = took[took.size() / 2];
  std::printf("| one fdatasync of this disk, ms, median | | %.2f | | | |\n", sync);
  const bool middle_kept = print_at_most(
      "200 events a second: median from POST to push, less one fdatasync, ms", middle - sync, 2);
  return print_at_most("200 events a second: 99th percentile, ms", took[took.size() * 99 / 100],
                       50) &&
         middle_kept;
}

// One event to many streams behind one server, against the signatures alone.
bool print_fan_out(const Folder& folder) {
  constexpr std::size_t streams = 10'000;
  const Nginx nginx(folder, 4096);
  Client client(folder);
  Serving serving(folder,
                  {.algorithm = "RS256", .store = "fan-out.db", .host_connections_max = 1024});
  serving.wait_until_ready(client);
  serving.create_streams(client, streams, [&](std::size_t n) {
    return push_to("https://127.0.0.1:" + std::to_string(nginx.port()) + '/' + std::to_string(n));
  });
  const auto publish = [&] {
    const std::string body =
        R"({"type":"caep:session-revoked","subject":{"format":"email","email":"a@example.com"},)"
        R"("event":{"reason_admin":{"en":"Policy Violation: C076E82F"}}})";
    const http::Response answer = client.ask(client.request("POST", serving.url("/events"), body));
    must(answer.status == 202, "event refused: " + answer.body);
  };
  publish();  // connections are warm after it
  wait_for(serving, client, delivered, streams);

  const double rate_before = signatures_per_second("RS256");
  const double cpu_before = serving.cpu_seconds();
  const auto begin = Steady::now();
  publish();
  wait_for(serving, client, attempts_accepted, 2 * streams);
  const double took = since(begin);
  const double rate_after = signatures_per_second("RS256");
  const double alone = static_cast<double>(streams) * 2 / (rate_before + rate_after);
  std::printf("| the same, CPU of tocsin per SET, µs | | %.0f | | | |\n",
              (serving.cpu_seconds() - cpu_before) / static_cast<double>(streams) * 1e6);
  return print_against("one event to 10000 push streams (RS256), s; floor: the signatures alone",
                       alone, took, 1.3);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  const Folder folder;
  make_certificate(folder);
  std::printf("## push_bench\n\n%s", table_head);
  bool kept = true;
  for (const std::string algorithm : {"ES256", "RS256"}) {
    if (only.empty() || only == algorithm) kept &= print_throughput(folder, algorithm);
  }
  if (only.empty() || only == "latency") kept &= print_latency(folder);
  if (only.empty() || only == "fan-out") kept &= print_fan_out(folder);
  return kept ? 0 : 1;
}
