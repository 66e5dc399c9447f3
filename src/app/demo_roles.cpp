// The two processes of the demo, wired from the same rooms a real transmitter and a real receiver
// are made of.
#include <signal.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "app/demo.h"
#include "app/demo_folder.h"
#include "app/message_pipe.h"
#include "base/base64url.h"
#include "base/try.h"
#include "http/deadlines.h"
#include "http/pooled_client.h"
#include "http/server.h"
#include "jose/system_random.h"
#include "receiver/push_intake.h"
#include "store/memory_inbox.h"
#include "tocsin/events/caep.h"
#include "transmitter/documents.h"
#include "transmitter/publish.h"

namespace tocsin::app {
namespace {

constexpr IpAddress loopback{IpAddress::Family::v4, {127, 0, 0, 1}};
constexpr std::string_view audience = "https://receiver.example/ssf";
constexpr std::string_view original_subject = "alice@example.com";
constexpr std::string_view forged_subject = "carol@example.com";

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

// The demo calls addresses only.
class NoNames final : public http::Resolver {
 public:
  Task<Result<std::vector<IpAddress>>> resolve(std::string host, http::Deadline) override {
    co_return Error(Errc::net_resolve, "no names here: " + host);
  }
};

http::PooledClientConfig loopback_only() {
  http::PooledClientConfig config;
  config.exceptions.networks = {{loopback, 32}};
  return config;
}

// What both roles run on.
struct DemoMachine {
  loop::Loop loop;
  SystemClock clock;
  SystemRandom random;
  loop::LoopTimers timers{loop};
  loop::ThreadWorkers workers{{.threads = 1}};
  http::Deadlines deadlines{loop};
  NoNames names;
  http::PooledClient client;
  MessagePipe parent{loop, STDIN_FILENO, STDOUT_FILENO};

  explicit DemoMachine(http::TlsClient trust)
      : client(deadlines, names, {{"", std::move(trust)}}, loopback_only()) {}

  // Listens on `port`, or where the kernel likes.
  Result<http::Server> open_server(http::TlsServer tls, std::uint16_t port,
                                   std::vector<http::Route> routes) {
    http::ServerConfig config;
    config.address = loopback;
    config.port = port;
    config.tls = std::move(tls);
    return http::Server::open(deadlines, clock, random, std::move(config), std::move(routes));
  }

  // Serves and converses until the parent has nothing more to say.
  void run(http::Server& server, Task<void> conversation) {
    const auto end = [this](std::exception_ptr failure) {
      loop.stop();
      rethrow(failure);
    };
    boost::asio::co_spawn(loop, server.run(), end);
    const auto stop = [&](std::exception_ptr failure) {
      server.stop();
      rethrow(failure);
    };
    boost::asio::co_spawn(loop, std::move(conversation), stop);
    loop.run();
  }
};

std::string origin_of(const http::Server& server) {
  return "https://127.0.0.1:" + std::to_string(server.port());
}

Result<Url> url_member(const JsonObject& message, std::string_view name) {
  const Json* value = message.find(name);
  if (value == nullptr || value->as_string() == nullptr) return Error(Errc::url_syntax);
  return parse_url(*value->as_string());
}

// The same signature under other claims.
std::string forge(const std::string& compact) {
  const std::size_t first = compact.find('.');
  const std::size_t second = compact.rfind('.');
  const std::string_view segment = std::string_view(compact).substr(first + 1, second - first - 1);
  std::string claims = base64url_decode(segment).value_or("");
  const std::size_t at = claims.find(original_subject);
  if (at != std::string::npos) claims.replace(at, original_subject.size(), forged_subject);
  return compact.substr(0, first + 1) + base64url_encode(claims) + compact.substr(second);
}

NumericDate to_numeric_date(std::chrono::sys_time<std::chrono::milliseconds> time) {
  const auto since = time.time_since_epoch();
  const auto whole = std::chrono::floor<std::chrono::seconds>(since);
  return {whole.count(),
          static_cast<std::uint32_t>(std::chrono::nanoseconds(since - whole).count())};
}

std::chrono::milliseconds since(const NumericDate& event,
                                std::chrono::sys_time<std::chrono::milliseconds> now) {
  const auto happened = std::chrono::seconds(event.seconds) +
                        std::chrono::milliseconds(event.nanoseconds / 1'000'000);
  return now.time_since_epoch() - happened;
}

class TransmitterRole {
 public:
  TransmitterRole(DemoMachine& machine, std::string issuer, SigningKey key, std::string credential)
      : machine_(machine),
        credential_(std::move(credential)),
        signer_(std::move(key), machine.workers),
        publisher_(std::move(issuer), {.signer = signer_,
                                       .runner = runner_,
                                       .clock = machine.clock,
                                       .random = machine.random}) {}

  // {"revoke": endpoint} publishes an event; {"forge": endpoint} pushes it again, changed.
  Task<void> converse();

 private:
  Task<JsonObject> revoke(Url endpoint);
  Task<JsonObject> forge_it(Url endpoint);
  transmitter::PushTarget target(Url endpoint) const {
    return {.endpoint_url = std::move(endpoint), .authorization_header = credential_};
  }

  DemoMachine& machine_;
  const std::string credential_;
  transmitter::Signer signer_;
  transmitter::PushRunner runner_{{.client = machine_.client,
                                   .timers = machine_.timers,
                                   .clock = machine_.clock,
                                   .random = machine_.random}};
  transmitter::Publisher publisher_;
  std::string compact_;
};

Task<void> TransmitterRole::converse() {
  while (true) {
    const Result<JsonObject> order = co_await machine_.parent.receive();
    if (!order) co_return;
    const Result<Url> revoke_at = url_member(*order, "revoke");
    const Result<Url> forge_at = url_member(*order, "forge");
    JsonObject answer;
    if (revoke_at) answer = co_await revoke(*revoke_at);
    if (forge_at) answer = co_await forge_it(*forge_at);
    if (!machine_.parent.send(answer)) co_return;
  }
}

Task<JsonObject> TransmitterRole::revoke(Url endpoint) {
  transmitter::PushStream stream{.aud = {std::string(audience)},
                                 .target = target(std::move(endpoint))};
  Subject subject = email_subject(std::string(original_subject));
  caep::SessionRevoked event;
  event.event_timestamp = to_numeric_date(machine_.clock.wall());
  event.initiating_entity = caep::InitiatingEntity::policy;
  event.reason_admin = LanguageMap("en", "The laptop was reported stolen.");
  const Result<transmitter::Published> published =
      co_await publisher_.publish(std::move(stream), std::move(subject), std::move(event));
  if (!published) co_return JsonObject{{"failure", published.error().to_string()}};
  compact_ = published->compact;
  co_return JsonObject{{"status", static_cast<int>(published->report.answer.status)},
                       {"alg", to_string(signer_.key().algorithm())}};
}

Task<JsonObject> TransmitterRole::forge_it(Url endpoint) {
  transmitter::PushTarget where = target(std::move(endpoint));
  std::string forgery = forge(compact_);
  const delivery::AttemptHistory history;
  const transmitter::PushReport report =
      co_await runner_.attempt(std::move(where), std::move(forgery), history);
  const delivery::PushError& error = report.answer.error;
  co_return JsonObject{
      {"status", static_cast<int>(report.answer.status)},
      {"body", JsonObject{{"err", error.err}, {"description", error.description}}}};
}

// The issuer holds the port, and the metadata hold the issuer: so the port comes first.
Result<void> run_transmitter(const DemoFolder& folder) {
  TOCSIN_TRY(const http::TlsServer tls, folder.tls_server("transmitter"));
  TOCSIN_TRY(http::TlsClient trust, folder.tls_client());
  TOCSIN_TRY(SigningKey key, folder.signing_key());
  TOCSIN_TRY(std::string credential, folder.push_credential());
  DemoMachine machine(std::move(trust));
  std::uint16_t port = 0;
  {
    TOCSIN_TRY(const http::Server first, machine.open_server(tls, 0, {}));
    port = first.port();
  }
  const std::string issuer = "https://127.0.0.1:" + std::to_string(port);
  TOCSIN_TRY(const auto documents, transmitter::Documents::open(issuer, KeySet::of({key})));
  TOCSIN_TRY(http::Server server, machine.open_server(tls, port, documents->routes()));
  TransmitterRole role(machine, issuer, std::move(key), std::move(credential));
  TOCSIN_CHECK(machine.parent.send({{"issuer", issuer}}));
  machine.run(server, role.converse());
  return {};
}

class ReceiverRole {
 public:
  ReceiverRole(DemoMachine& machine, std::string issuer)
      : machine_(machine), keys_(std::move(issuer), machine.client, machine.clock) {}

  Result<std::unique_ptr<receiver::PushIntake>> open_intake(receiver::Upstream upstream) {
    const auto listen = [this](const VerifiedSet& set, auto received_at) {
      report(set, received_at);
    };
    return receiver::PushIntake::open(
        std::move(upstream), {.keys = keys_, .inbox = inbox_, .clock = machine_.clock}, listen);
  }

  // Tells the parent where it listens once it has the issuer's keys; then hears of the end only.
  Task<void> converse(std::string endpoint);

 private:
  void report(const VerifiedSet& set, std::chrono::sys_time<std::chrono::milliseconds> received_at);

  DemoMachine& machine_;
  store::MemoryInbox inbox_;
  issuer::JwksCache keys_;
};

Task<void> ReceiverRole::converse(std::string endpoint) {
  co_await keys_.fetch(issuer::JwksCache::Cause::age);
  JsonObject answer;
  if (keys_.trouble()) {
    answer = {{"failure", keys_.trouble()->to_string()}};
  } else {
    answer = {{"endpoint", endpoint},
              {"metadata", keys_.discovered()->metadata.to_text()},
              {"jwks", keys_.discovered()->jwks_uri.to_text()}};
  }
  if (!machine_.parent.send(answer)) co_return;
  bool more = true;
  while (more) {
    const Result<JsonObject> order = co_await machine_.parent.receive();
    more = order.has_value();
  }
}

void ReceiverRole::report(const VerifiedSet& set,
                          std::chrono::sys_time<std::chrono::milliseconds> received_at) {
  JsonObject message{{"type", type_of(set->event)}, {"sub_id", to_json(set->sub_id)}};
  if (const auto* revoked = std::get_if<caep::SessionRevoked>(&set->event)) {
    if (revoked->event_timestamp) {
      message.insert_or_assign("latency_ms", since(*revoked->event_timestamp, received_at).count());
    }
    if (revoked->reason_admin) {
      message.insert_or_assign("reason", revoked->reason_admin->text_for("en"));
    }
  }
  // A parent that is gone ends the conversation, too.
  static_cast<void>(machine_.parent.send(message));
}

Task<void> receive_into(MessagePipe& pipe, Result<JsonObject>& message) {
  message = co_await pipe.receive();
}

// The first thing the parent says.
Result<std::string> read_issuer(DemoMachine& machine) {
  Result<JsonObject> message = Errc::net_closed;
  boost::asio::co_spawn(machine.loop, receive_into(machine.parent, message), rethrow);
  machine.loop.run();
  machine.loop.restart();
  if (!message) return message.error();
  const Json* issuer = message->find("issuer");
  if (issuer == nullptr || issuer->as_string() == nullptr) return Error(Errc::net_answer, "issuer");
  return *issuer->as_string();
}

Result<void> run_receiver(const DemoFolder& folder) {
  TOCSIN_TRY(const http::TlsServer tls, folder.tls_server("receiver"));
  TOCSIN_TRY(http::TlsClient trust, folder.tls_client());
  DemoMachine machine(std::move(trust));
  receiver::Upstream upstream;
  upstream.name = "demo";
  TOCSIN_TRY(upstream.authorization_header, folder.push_credential());
  TOCSIN_TRY(upstream.policy.iss, read_issuer(machine));
  upstream.policy.aud = {std::string(audience)};
  ReceiverRole role(machine, upstream.policy.iss);
  TOCSIN_TRY(const auto intake, role.open_intake(std::move(upstream)));
  TOCSIN_TRY(http::Server server, machine.open_server(tls, 0, {intake->route()}));
  machine.run(server, role.converse(origin_of(server) + "/push/demo"));
  return {};
}

}  // namespace

Result<void> run_demo_role(std::string_view role, const std::string& path) {
  // The parent decides when this process ends; Ctrl-C reaches it through the parent's silence.
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGPIPE, SIG_IGN);
  const DemoFolder folder(path);
  if (role == "transmitter") return run_transmitter(folder);
  if (role == "receiver") return run_receiver(folder);
  return Error(Errc::config_invalid, "no such role: " + std::string(role));
}

}  // namespace tocsin::app
