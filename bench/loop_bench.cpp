// Does one decision loop suffice? (docs/decisions/one-loop.md)
//
// Two questions, each over TLS with everything on this machine: how many ingest requests a second a
// loop takes when each is parsed, judged, committed to SQLite by a storage thread (WAL,
// synchronous=FULL, group commit) and answered 202; and how many SETs a second it pushes when each
// is minted (ES256) by a signing thread and sent by the pooled client. wrk makes the requests,
// nginx takes the pushes; nginx's own rate under the same wrk stands beside ours.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/dns_resolver.h"
#include "http/pooled_client.h"
#include "http/server.h"
#include "jose/system_random.h"
#include "loop/workers.h"
#include "tocsin/security_event_token.h"

extern char** environ;

namespace {

using namespace tocsin;
using loop::Task;
using namespace std::chrono_literals;

constexpr int connections = 64;
constexpr auto measured = 5s;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "loop_bench: %s\n", what.c_str());
  std::exit(1);
}

void must(bool condition, const std::string& what) {
  if (!condition) fail(what);
}

template <class T>
T value_of(Result<T> result, const std::string& what) {
  if (!result) fail(what + ": " + result.error().to_string());
  return std::move(result).value();
}

// A folder that is gone when the program ends well.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/tocsin-bench-XXXXXX";
    must(::mkdtemp(name) != nullptr, "cannot make a folder");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), 0600);
}

pid_t start(const std::vector<std::string>& words, const std::string& output) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  must(error == 0, "cannot start " + words[0]);
  return pid;
}

void run_to_end(const std::vector<std::string>& words, const std::string& output) {
  const pid_t pid = start(words, output);
  int status = 0;
  ::waitpid(pid, &status, 0);
  std::ifstream text(output);
  if (status != 0) {
    fail(words[0] + " failed: " +
         std::string(std::istreambuf_iterator<char>(text), std::istreambuf_iterator<char>()));
  }
}

// A port the kernel says is free.
std::uint16_t free_port() {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor acceptor(
      context, {boost::asio::ip::address_v4::loopback(), std::uint16_t{0}});
  return acceptor.local_endpoint().port();
}

// nginx that answers 202 to everything over TLS: the sink for pushes, and the bar for ingest.
class Nginx {
 public:
  Nginx(const Folder& folder) : port_(free_port()) {
    const std::string config = folder / "nginx.conf";
    write_file(config, "daemon off; worker_processes 1; error_log stderr crit; pid " +
                           folder / "nginx.pid" +
                           ";\nevents { worker_connections 1024; }\nhttp { access_log off; "
                           "keepalive_requests 100000000;\nclient_body_temp_path " +
                           folder / "body" + "; proxy_temp_path " + folder / "proxy" +
                           "; fastcgi_temp_path " + folder / "fastcgi" + "; uwsgi_temp_path " +
                           folder / "uwsgi" + "; scgi_temp_path " + folder / "scgi" +
                           ";\nserver { listen 127.0.0.1:" + std::to_string(port_) +
                           " ssl; ssl_certificate " + folder / "cert.pem" +
                           "; ssl_certificate_key " + folder / "key.pem" +
                           "; ssl_protocols TLSv1.2 TLSv1.3;\nlocation / { return 202; } } }\n");
    pid_ = start({"nginx", "-c", config, "-p", folder / ""}, folder / "nginx.log");
    for (int tries = 0; tries < 100; ++tries) {
      boost::asio::io_context context;
      boost::asio::ip::tcp::socket socket(context);
      boost::system::error_code ec;
      socket.connect({boost::asio::ip::address_v4::loopback(), port_}, ec);
      if (!ec) return;
      std::this_thread::sleep_for(20ms);
    }
    fail("nginx does not answer");
  }
  ~Nginx() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_;
  pid_t pid_ = 0;
};

constexpr const char* ingest_body =
    R"({"type":"https://schemas.openid.net/secevent/caep/event-type/session-revoked",)"
    R"("subject":{"format":"email","email":"jdoe@example.com"},"event":)"
    R"({"initiating_entity":"policy","reason_admin":{"en":"Policy Violation: C076E82F"}}})";

double requests_per_second(const Folder& folder, std::uint16_t port) {
  const std::string script = folder / "post.lua";
  write_file(script, std::string("wrk.method = 'POST'\nwrk.headers['Content-Type'] = "
                                 "'application/json'\nwrk.headers['Authorization'] = 'Bearer x'\n"
                                 "wrk.body = [[") +
                         ingest_body + "]]\n");
  const std::string output = folder / "wrk.out";
  run_to_end({"wrk", "-t1", "-c" + std::to_string(connections),
              "-d" + std::to_string(measured.count()) + "s", "-s", script,
              "https://127.0.0.1:" + std::to_string(port) + "/events"},
             output);
  std::ifstream lines(output);
  std::string line;
  double rate = 0;
  while (std::getline(lines, line)) {
    if (line.starts_with("Requests/sec:")) rate = std::strtod(line.c_str() + 13, nullptr);
    must(line.find("Non-2xx") == std::string::npos, "wrk: " + line);
  }
  return rate;
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
  run_to_end(
      {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
       "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
       folder / "key.pem", "-out", folder / "cert.pem"},
      folder / "openssl.log");
  ::chmod((folder / "key.pem").c_str(), 0600);

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
      "| ingest: parse, judge, commit (%.1f rows each), 202 | %.0f | 2000 | %s |\n"
      "| push: mint ES256, send, 202 | %.0f | 1500 | %s |\n",
      connections, bar, rows_per_commit, ingested, ingested >= 2000 ? "kept" : "MISSED", pushed,
      pushed >= 1500 ? "kept" : "MISSED");
  return ingested >= 2000 || pushed >= 1500 ? 0 : 1;
}
