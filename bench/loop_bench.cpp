// Does one decision loop suffice? (docs/decisions/one-loop.md)
//
// Two questions, each over TLS with everything on this machine: how many ingest requests a second a
// loop takes when each is parsed, judged, committed to SQLite by a storage thread (WAL,
// synchronous=FULL, group commit) and answered 202; and how many SETs a second it pushes when each
// is minted (ES256) by a signing thread and sent by the pooled client. wrk makes the requests,
// nginx takes the pushes; nginx's own rate under the same wrk stands beside ours.
#include <sqlite3.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "bench/surroundings.h"
#include "http/dns_resolver.h"
#include "http/pooled_client.h"
#include "http/server.h"
#include "jose/system_random.h"
#include "loop/workers.h"
#include "tocsin/security_event_token.h"

namespace {

using namespace tocsin;
using namespace tocsin::bench;
using loop::Task;
using namespace std::chrono_literals;

constexpr int connections = 64;
constexpr auto measured = 5s;

double requests_per_second(const Folder& folder, std::uint16_t port) {
  return run_wrk(folder, {.url = "https://127.0.0.1:" + std::to_string(port) + "/events",
                          .token = "x",
                          .script = event_script(),
                          .connections = connections,
                          .length = measured})
      .per_second;
}

// SQLite behind a thread of its own: whatever waits when a commit ends goes into the next one.
class Storage {
 public:
  explicit Storage(const std::string& path) {
    must(sqlite3_open(path.c_str(), &db_) == SQLITE_OK, "cannot open the database");
    execute("PRAGMA journal_mode=WAL");
    execute("PRAGMA synchronous=FULL");
    execute("CREATE TABLE event(id INTEGER PRIMARY KEY, body BLOB NOT NULL)");
    must(sqlite3_prepare_v2(db_, "INSERT INTO event(body) VALUES(?1)", -1, &insert_, nullptr) ==
             SQLITE_OK,
         "prepare");
    thread_ = std::thread([this] { work(); });
  }
  ~Storage() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
    sqlite3_finalize(insert_);
    sqlite3_close(db_);
  }

  // Resumes on the loop once `body` is on disk.
  Task<void> commit(std::string body) {
    auto initiate = [this](auto handler, std::string row) {
      auto executor = boost::asio::get_associated_executor(handler);
      auto done = std::make_shared<decltype(handler)>(std::move(handler));
      submit({std::move(row),
              [executor, done] { boost::asio::post(executor, [done] { std::move (*done)(); }); }});
    };
    loop::Use token;
    co_await boost::asio::async_initiate<loop::Use, void()>(std::move(initiate), token,
                                                            std::move(body));
  }

  std::uint64_t rows() const { return rows_; }
  std::uint64_t commits() const { return commits_; }

 private:
  struct Job {
    std::string row;
    std::function<void()> done;
  };

  void submit(Job job) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(job));
    }
    changed_.notify_one();
  }

  void execute(const char* sql) {
    char* error = nullptr;
    if (sqlite3_exec(db_, sql, nullptr, nullptr, &error) != SQLITE_OK) fail(error);
  }

  void work() {
    while (true) {
      std::deque<Job> group;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        group.swap(waiting_);
      }
      execute("BEGIN IMMEDIATE");
      for (const Job& job : group) {
        sqlite3_bind_blob(insert_, 1, job.row.data(), static_cast<int>(job.row.size()),
                          SQLITE_STATIC);
        must(sqlite3_step(insert_) == SQLITE_DONE, "insert");
        sqlite3_reset(insert_);
      }
      execute("COMMIT");
      rows_ += group.size();
      ++commits_;
      for (const Job& job : group) job.done();
    }
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> rows_{0};
  std::atomic<std::uint64_t> commits_{0};
  std::thread thread_;
};

// What an ingest handler does: parse, judge, store, answer.
Task<Result<http::Response>> ingest(Storage& storage, http::Request request) {
  Result<Json> json = parse_json(request.body);
  if (!json) co_return std::move(json).error();
  JsonObject* const object = json->as_object();
  Json* const type = object != nullptr ? object->find("type") : nullptr;
  Json* const subject = object != nullptr ? object->find("subject") : nullptr;
  Json* const payload = object != nullptr ? object->find("event") : nullptr;
  if (type == nullptr || subject == nullptr || payload == nullptr) co_return Errc::event_missing;
  Result<Event> event = parse_event(*type->as_string(), *payload);
  if (!event) co_return std::move(event).error();
  Result<Subject> sub_id = parse_subject(*subject);
  if (!sub_id) co_return std::move(sub_id).error();
  co_await storage.commit(std::move(request.body));
  http::Response response;
  response.status = 202;
  co_return response;
}

double ingest_rate(const Folder& folder, double& rows_per_commit) {
  loop::Loop loop(1);
  http::Deadlines deadlines(loop);
  SystemClock clock;
  SystemRandom random;
  Storage storage(folder / "ingest.db");

  http::Route route;
  route.method = "POST";
  route.path = "/events";
  route.access = http::Access::guarded(
      "bench", "Bearer", http::at_once([](const http::Request& request) -> Result<Caller> {
        const std::string* const credential = request.headers.find("Authorization");
        if (credential != nullptr && *credential == "Bearer x") return Caller{};
        return Errc::http_unauthenticated;
      }));
  route.media_types = {"application/json"};
  route.body_max = 256 * 1024;
  route.handler = [&storage](http::Request request) { return ingest(storage, std::move(request)); };

  http::ServerConfig config;
  config.address = parse_ip_address("127.0.0.1").value();
  config.tls = value_of(http::TlsServer::open({folder / "cert.pem", folder / "key.pem"}), "tls");
  http::Server server =
      value_of(http::Server::open(deadlines, clock, random, std::move(config), {std::move(route)}),
               "server");

  double rate = 0;
  std::thread load([&] {
    rate = requests_per_second(folder, server.port());
    boost::asio::post(loop, [&] { server.stop(); });
  });
  boost::asio::co_spawn(loop, server.run(), boost::asio::detached);
  loop.run();
  load.join();
  rows_per_commit = static_cast<double>(storage.rows()) / static_cast<double>(storage.commits());
  return rate;
}

SecurityEventToken sample_set() {
  caep::SessionRevoked event;
  event.initiating_entity = caep::InitiatingEntity::policy;
  event.reason_admin = LanguageMap("en", "Policy Violation: C076E82F");
  SecurityEventToken claims;
  claims.iss = "https://tr.example.com";
  claims.aud = {"https://rx.example.com/events"};
  claims.iat = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  claims.sub_id = email_subject("jdoe@example.com");
  claims.event = event;
  return claims;
}

struct Pushing {
  http::Client& client;
  loop::Workers& signers;
  Random& random;
  const SigningKey& key;
  Url url;
  std::chrono::steady_clock::time_point end;
  std::uint64_t accepted = 0;
};

Task<void> push_until_end(Pushing& pushing) {
  while (std::chrono::steady_clock::now() < pushing.end) {
    SecurityEventToken claims = sample_set();
    claims.jti = pushing.random.id();
    const SigningKey key = pushing.key;
    auto sign = [claims = std::move(claims), key] { return mint(claims, key); };
    Result<std::string> set = co_await loop::off_loop(pushing.signers, std::move(sign));
    must(set.has_value(), "mint");
    http::OutboundRequest request;
    request.method = "POST";
    request.url = pushing.url;
    request.headers = {{"Content-Type", "application/secevent+jwt"},
                       {"Accept", "application/json"}};
    request.body = std::move(set).value();
    request.repeatable = true;
    Result<http::Response> answer = co_await pushing.client.send(std::move(request));
    if (!answer) fail("push: " + answer.error().to_string());
    must(answer->status == 202, "push was not accepted");
    ++pushing.accepted;
  }
}

double push_rate(const Folder& folder, std::uint16_t port) {
  loop::Loop loop(1);
  http::Deadlines deadlines(loop);
  SystemRandom random;
  loop::ThreadWorkers signers({});
  const auto resolver = value_of(http::DnsResolver::open(loop), "resolver");
  std::map<std::string, http::TlsClient> trusts;
  trusts.emplace("", value_of(http::TlsClient::open({.ca_file = folder / "cert.pem"}), "trust"));
  http::PooledClientConfig config;
  config.exceptions.networks = {value_of(parse_ip_network("127.0.0.0/8"), "network")};
  http::PooledClient client(deadlines, *resolver, std::move(trusts), config);
  const SigningKey key = value_of(SigningKey::generate(Algorithm::ES256), "key");
  Pushing pushing{client,
                  signers,
                  random,
                  key,
                  value_of(parse_url("https://127.0.0.1:" + std::to_string(port) + "/push"), "url"),
                  std::chrono::steady_clock::now() + measured};
  for (int i = 0; i < connections; ++i) {
    boost::asio::co_spawn(loop, push_until_end(pushing), boost::asio::detached);
  }
  while (loop.run_one() != 0 && std::chrono::steady_clock::now() < pushing.end + 2s) {
  }
  return static_cast<double>(pushing.accepted) /
         static_cast<double>(std::chrono::seconds(measured).count());
}

}  // namespace

int main() {
  const Folder folder;
  make_certificate(folder);
  const Nginx nginx(folder);
  const double bar = requests_per_second(folder, nginx.port());
  double rows_per_commit = 0;
  const double ingested = ingest_rate(folder, rows_per_commit);
  const double pushed = push_rate(folder, nginx.port());
  std::printf(
      "## loop_bench\n\n"
      "%d connections over TLS, everything on one machine. A goal is met if either of the two "
      "is.\n\n"
      "| What | per second | goal | |\n| --- | --: | --: | --- |\n"
      "| nginx `return 202` under wrk | %.0f | | |\n"
      "| rows of a commit | %.1f | | |\n"
      "| ingest: parse, judge, commit, 202 | %.0f | 2000 | %s |\n"
      "| push: mint ES256, send, 202 | %.0f | 1500 | %s |\n",
      connections, bar, rows_per_commit, ingested, ingested >= 2000 ? "kept" : "MISSED", pushed,
      pushed >= 1500 ? "kept" : "MISSED");
  return ingested >= 2000 || pushed >= 1500 ? 0 : 1;
}
