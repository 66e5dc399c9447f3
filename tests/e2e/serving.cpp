#include "e2e/serving.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "base/base64url.h"
#include "http/tls.h"
#include "support/api_document.h"

extern char** environ;

namespace tocsin::test {
namespace {

constexpr std::chrono::seconds patience{20};

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

int open_notify_socket(const std::string& path) {
  ::unlink(path.c_str());
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const timeval wait{patience.count(), 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("no notify socket");
  }
  return descriptor;
}

pid_t start(const std::string& config, const std::string& log_file, const std::string& notify) {
  std::string program = TOCSIN_PROGRAM;
  std::vector<std::string> words{program, "serve", "--config", config};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::string variable = "NOTIFY_SOCKET=" + notify;
  std::vector<char*> environment{variable.data()};
  for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
  environment.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_file.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t pid = 0;
  const int failed =
      ::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("tocsin serve does not start");
  return pid;
}

// The last line of the log that says where it listens.
Json started_line(const std::string& log) {
  const std::size_t at = log.rfind(R"("event":"started")");
  if (at == std::string::npos) return {};
  const std::size_t begin = log.rfind('\n', at) + 1;
  return parse_json(log.substr(begin, log.find('\n', at) - begin)).value_or(Json());
}

std::uint16_t port_in(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

http::Route push_route(http::Handler handler) {
  http::Route route;
  route.method = "POST";
  route.path = "/push";
  route.access = http::Access::open();
  route.media_types = {"application/secevent+jwt"};
  route.body_max = 256 * 1024;
  route.handler = std::move(handler);
  return route;
}

// docs/openapi.json says what comes, whatever a test is about.
void expect_documented(const Ask& request, const RawResponse& response) {
  if (response.status == 0) return;
  const auto type = response.headers.find("content-type");
  EXPECT_EQ(ApiDocument::ours().judge(request.method, request.path,
                                      {.status = response.status,
                                       .type = type == response.headers.end() ? "" : type->second,
                                       .body = response.body}),
            "");
}

}  // namespace

std::string text_of(const Json& object, std::string_view name) {
  const JsonObject* members = object.as_object();
  const Json* member = members == nullptr ? nullptr : members->find(name);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? "" : *text;
}

Serving::Serving(const Workplace& place, const std::string& config, Await await)
    : log_file_(place.folder().file("serve.log")) {
  const std::string socket = place.folder().file("notify");
  notify_ = open_notify_socket(socket);
  pid_ = start(config, log_file_, socket);
  if (await == Await::nothing) return;
  if (!hears("READY=1")) throw std::runtime_error("tocsin serve is not ready:\n" + log());
  const Json line = started_line(log());
  port_ = port_in(text_of(line, "listen"));
  admin_port_ = port_in(text_of(line, "admin"));
}

Serving::~Serving() {
  if (pid_ != 0) {
    signal(SIGKILL);
    wait();
  }
  ::close(notify_);
}

void Serving::signal(int number) const {
  ::kill(pid_, number);
}

int Serving::wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool Serving::hears(const std::string& state) {
  while (true) {
    std::string text(256, '\0');
    const ssize_t got = ::recv(notify_, text.data(), text.size(), 0);
    if (got <= 0) return false;
    text.resize(static_cast<std::size_t>(got));
    if (text == state) return true;
  }
}

std::string Serving::log() const {
  return content_of(log_file_);
}

std::string text_of(const Ask& request) {
  std::string text = request.method + ' ' + request.path + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!request.authorization.empty()) text += "Authorization: " + request.authorization + "\r\n";
  if (!request.type.empty()) text += "Content-Type: " + request.type + "\r\n";
  if (!request.body.empty() || request.method != "GET") {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

RawResponse ask(std::uint16_t port, const Ask& request) {
  RawResponse response = ask(port, text_of(request));
  expect_documented(request, response);
  return response;
}

Json json_of(const RawResponse& response) {
  return parse_json(response.body).value_or(Json());
}

std::string access_token(std::uint16_t port, const std::string& client_id,
                         const std::string& secret) {
  const RawResponse response =
      ask(port, {.method = "POST",
                 .path = "/oauth/token",
                 .type = "application/x-www-form-urlencoded",
                 .body = "grant_type=client_credentials&client_id=" + client_id +
                         "&client_secret=" + secret});
  EXPECT_EQ(response.status, 200U) << response.body;
  return "Bearer " + text_of(json_of(response), "access_token");
}

http::ServerConfig tls_config(const CertificateFiles& files) {
  http::ServerConfig config;
  config.tls = http::TlsServer::open(
                   {.certificate_file = files.certificate_file, .key_file = files.key_file})
                   .value();
  return config;
}

PushReceiver::PushReceiver()
    : server_({push_route(handler([this](const http::Request& request) { return take(request); }))},
              tls_config(authority_.issue())) {}

std::string PushReceiver::url() const {
  return "https://127.0.0.1:" + std::to_string(server_.port()) + "/push";
}

void PushReceiver::answer_with(unsigned status, std::string body) {
  const std::lock_guard lock(mutex_);
  status_ = status;
  body_ = std::move(body);
}

std::string PushReceiver::wait_for_refused() {
  std::unique_lock lock(mutex_);
  came_.wait_for(lock, patience, [&] { return !last_refused_.empty(); });
  return last_refused_;
}

Result<http::Response> PushReceiver::take(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  http::Response response;
  response.status = status_;
  if (status_ == 202) {
    const Json claims = claims_of(request.body);
    sets_.insert_or_assign(text_of(claims, "jti"), claims);
    ++deliveries_;
  } else {
    last_refused_ = request.body;
    if (!body_.empty()) response.headers.add("Content-Type", "application/json");
    response.body = body_;
  }
  came_.notify_all();
  return response;
}

std::map<std::string, Json> PushReceiver::wait_for(std::size_t count) {
  std::unique_lock lock(mutex_);
  came_.wait_for(lock, patience, [&] { return sets_.size() >= count; });
  return sets_;
}

std::size_t PushReceiver::deliveries() {
  const std::lock_guard lock(mutex_);
  return deliveries_;
}

Json claims_of(const std::string& compact) {
  const std::size_t first = compact.find('.');
  const std::size_t second = compact.rfind('.');
  if (first == second) return {};
  const auto payload =
      base64url_decode(std::string_view(compact).substr(first + 1, second - first - 1));
  return payload ? parse_json(*payload).value_or(Json()) : Json();
}

}  // namespace tocsin::test
