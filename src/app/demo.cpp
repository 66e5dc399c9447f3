#include "app/demo.h"

#include <signal.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "app/child_process.h"
#include "app/config_file.h"
#include "app/demo_folder.h"
#include "app/demo_receiver.h"
#include "app/machine.h"
#include "base/try.h"
#include "tocsin/events/caep.h"
#include "tocsin/json.h"

namespace tocsin::app {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds introduction_max{60};  // all of it, on a slow machine
constexpr std::chrono::seconds goodbye_max{15};       // beyond what `tocsin serve` gives itself

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

NumericDate to_numeric_date(std::chrono::sys_time<milliseconds> time) {
  const auto since = time.time_since_epoch();
  const auto whole = std::chrono::floor<std::chrono::seconds>(since);
  return {whole.count(),
          static_cast<std::uint32_t>(std::chrono::nanoseconds(since - whole).count())};
}

std::string in_ms(milliseconds span) {
  return std::to_string(span.count()) + " ms";
}

std::string_view name_of(DeliveryMethod way) {
  return way == DeliveryMethod::push ? "pushed" : "polled";
}

// "  pushed         ..."
std::string row(std::string_view name, const std::string& text) {
  std::string line = "  " + std::string(name);
  line.resize(std::max<std::size_t>(line.size(), 15), ' ');
  return line + text;
}

// As one word of a shell's line.
std::string shell_word(const std::string& word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@=,+-";
  if (word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

using Acceptor =
    boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, loop::Loop::executor_type>;

// A port that is nobody's else until the acceptor goes: bound, but without listening, so that a
// listener of the same address may still come. The issuer holds the port, so it is chosen before
// the transmitter starts.
Result<std::uint16_t> reserve_port(Acceptor& acceptor) {
  using boost::asio::ip::tcp;
  boost::system::error_code failure;
  acceptor.open(tcp::v4(), failure);
  if (!failure) acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
  if (!failure) acceptor.bind({boost::asio::ip::address_v4::loopback(), 0}, failure);
  const tcp::endpoint endpoint = failure ? tcp::endpoint() : acceptor.local_endpoint(failure);
  if (failure) return Error(Errc::internal_error, "no port: " + failure.message());
  return endpoint.port();
}

class Demo {
 public:
  using Print = std::function<void(std::string_view line)>;
  Demo(const DemoOptions& options, const Print& print) : options_(options), print_(print) {}

  Result<void> run();

 private:
  Result<void> open();
  Task<void> play();
  Task<Result<void>> introduce();
  Task<Result<void>> subscribe(DeliveryMethod way);
  Task<Result<void>> show_event();
  Task<Result<void>> publish();
  Task<Result<void>> show_tampering();
  void show_how_to_publish();
  Task<void> show_what_arrives();
  Task<void> watch_transmitter();
  Task<void> finish();
  void stop_both();
  void give_up(Error why);

  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>,
                                        loop::Loop::executor_type>;
  using Signals = boost::asio::basic_signal_set<loop::Loop::executor_type>;
  void set_alarm(std::chrono::seconds span, std::function<void()> ring);

  const DemoOptions& options_;
  const Print& print_;
  std::optional<DemoFolder> folder_;
  std::unique_ptr<Machine> machine_;
  std::optional<Acceptor> port_;
  std::optional<Signals> signals_;
  std::optional<Timer> alarm_;
  DemoTransmitter transmitter_;
  std::optional<ChildProcess> process_;
  std::unique_ptr<DemoReceiver> receiver_;
  std::unique_ptr<oauth::TokenClient> producer_;
  loop::Gate gone_;
  std::optional<int> exit_;  // the transmitter's, once it is gone
  bool is_ending_ = false;
  int signal_ = 0;  // that ended us too early
  std::optional<Error> trouble_;
  Result<void> result_;
};

Result<void> Demo::open() {
  TOCSIN_TRY(folder_, DemoFolder::open(options_.folder));
  Config config;
  OutboundSection& outbound = config.outbound;
  outbound.ca_file.path = folder_->root_file();
  outbound.allow_networks = {"127.0.0.1"};
  TOCSIN_TRY(machine_, Machine::open(config));
  port_.emplace(machine_->loop);
  TOCSIN_TRY(const std::uint16_t port, reserve_port(*port_));
  TOCSIN_TRY(transmitter_, folder_->init_transmitter(port));
  TOCSIN_TRY(http::TlsServer tls, folder_->receiver_tls());
  TOCSIN_TRY(receiver_, DemoReceiver::open(*machine_, {.issuer = transmitter_.issuer,
                                                       .client_id = transmitter_.client_id,
                                                       .client_secret = transmitter_.client_secret,
                                                       .tls = std::move(tls)}));
  TOCSIN_TRY(ChildProcess process,
             ChildProcess::start(machine_->loop, {"serve", "--config", transmitter_.config_file},
                                 folder_->log_file()));
  process_.emplace(std::move(process));
  return {};
}

Result<void> Demo::run() {
  // A peer that is gone is an error of one connection, not the end of us.
  ::signal(SIGPIPE, SIG_IGN);
  TOCSIN_CHECK(open());
  loop::Loop& loop = machine_->loop;
  signals_.emplace(loop, SIGINT, SIGTERM, SIGHUP);
  signals_->async_wait([this](const boost::system::error_code& failure, int number) {
    if (failure) return;
    signal_ = number;
    stop_both();
  });
  set_alarm(introduction_max,
            [this] { give_up({Errc::overloaded, "the demo did not come to its end in time"}); });
  boost::asio::co_spawn(loop, watch_transmitter(), rethrow);
  boost::asio::co_spawn(loop, play(), rethrow);
  loop.run();
  if (signal_ != 0) {
    ::signal(signal_, SIG_DFL);
    ::raise(signal_);
  }
  return result_;
}

void Demo::set_alarm(std::chrono::seconds span, std::function<void()> ring) {
  if (!alarm_) alarm_.emplace(machine_->loop);
  alarm_->expires_after(span);
  alarm_->async_wait([ring = std::move(ring)](const boost::system::error_code& failure) {
    if (!failure) ring();
  });
}

// Without the two, whatever is waited for comes to its end.
void Demo::stop_both() {
  is_ending_ = true;
  receiver_->stop();
  process_->signal(SIGTERM);
}

void Demo::give_up(Error why) {
  trouble_ = std::move(why);
  stop_both();
}

Task<void> Demo::watch_transmitter() {
  exit_ = co_await process_->ended();
  if (!is_ending_) {
    give_up({Errc::internal_error, "the transmitter ended; see " + folder_->log_file()});
  }
  gone_.open();
}

Task<void> Demo::play() {
  result_ = co_await introduce();
  if (result_) result_ = co_await show_event();
  if (result_) result_ = co_await show_tampering();
  if (result_ && options_.stays) co_await show_what_arrives();
  if (trouble_) result_ = *trouble_;
  co_await finish();
  if (result_ && signal_ == 0) {
    print_("");
    print_("Both are gone; keys, certificates, database and log are left in " + options_.folder +
           ".");
  }
  machine_->loop.stop();
}

// The receiver is told the issuer and a client's secret, and nothing else about the transmitter.
Task<Result<void>> Demo::introduce() {
  print_("A transmitter, `tocsin serve`, and a receiver that was told its URL and a secret.");
  print_("");
  const Result<void> found = co_await receiver_->discover();
  if (!found) co_return found;
  print_(row("discovered", receiver_->metadata().to_text()));
  Result<void> subscribed = co_await subscribe(DeliveryMethod::push);
  if (subscribed) subscribed = co_await subscribe(DeliveryMethod::poll);
  co_return subscribed;
}

Task<Result<void>> Demo::subscribe(DeliveryMethod way) {
  const Result<StreamConfig> stream = co_await receiver_->create_stream(way);
  if (!stream) co_return stream.error();
  const Result<milliseconds> verified = co_await receiver_->verify(way);
  if (!verified) co_return verified.error();
  const bool is_push = way == DeliveryMethod::push;
  if (is_push) {
    print_(row("token", "by client credentials from " + receiver_->token_endpoint().to_text()));
  }
  print_(row(is_push ? "push stream" : "poll stream",
             stream->delivery.endpoint_url + ", verified in " + in_ms(*verified)));
  co_return Result<void>();
}

// As a producer who has its token already.
Task<Result<void>> Demo::publish() {
  if (!producer_) {
    Result<std::string> secret =
        read_secret({.file = folder_->producer_secret_file(), .variable = {}});
    if (!secret) co_return std::move(secret).error();
    auto client = oauth::TokenClient::open({.token_endpoint = receiver_->token_endpoint(),
                                            .client_id = "producer",
                                            .client_secret = *std::move(secret),
                                            .scope = "tocsin.publish"},
                                           {*machine_->client, machine_->random, machine_->clock});
    if (!client) co_return std::move(client).error();
    producer_ = *std::move(client);
  }
  Result<Url> url = parse_url(transmitter_.issuer + "/events");
  if (!url) co_return std::move(url).error();
  Result<std::string> token = co_await producer_->token();
  if (!token) co_return std::move(token).error();

  caep::SessionRevoked event;
  event.event_timestamp = to_numeric_date(machine_->clock.wall());
  event.initiating_entity = caep::InitiatingEntity::policy;
  event.reason_admin = LanguageMap("en", "The laptop was reported stolen.");
  const JsonObject item{{"type", type_of(event)},
                        {"subject", to_json(email_subject("alice@example.com"))},
                        {"event", to_json(Event(event))}};
  http::OutboundRequest request;
  request.method = "POST";
  request.url = *std::move(url);
  request.headers.add("Content-Type", "application/json");
  request.headers.add("Authorization", "Bearer " + *token);
  request.body = to_text(item);
  const Result<http::Response> response = co_await machine_->client->send(std::move(request));
  if (!response) co_return response.error();
  if (response->status == 202) co_return Result<void>();
  co_return Error(Errc::net_answer, "status " + std::to_string(response->status));
}

Task<Result<void>> Demo::show_event() {
  const Result<void> published = co_await publish();
  if (!published) co_return published;
  for (bool is_first : {true, false}) {
    const Result<DemoReceiver::Arrival> arrival = co_await receiver_->next();
    if (!arrival) co_return arrival.error();
    if (is_first) {
      print_("");
      print_("An event about " + arrival->subject + ", and each stream gets a SET of its own:");
      print_(row("event", arrival->type));
    }
    print_(row(name_of(arrival->way),
               "verified " + in_ms(arrival->after.value_or(milliseconds{})) + " after it"));
  }
  co_return Result<void>();
}

Task<Result<void>> Demo::show_tampering() {
  const Result<http::Response> answer = co_await receiver_->push_tampered();
  if (!answer) co_return answer.error();
  print_(row("tampered",
             "with another subject: " + std::to_string(answer->status) + " " + answer->body));
  co_return Result<void>();
}

void Demo::show_how_to_publish() {
  std::error_code unknown;
  std::string program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (unknown) program = "tocsin";
  print_("");
  print_("Publish another one from a second terminal; what arrives is shown until Ctrl-C:");
  print_("  " + shell_word(program) + " publish --url " + transmitter_.issuer + " --ca " +
         shell_word(folder_->root_file()) + " --client producer --secret " +
         shell_word("file:" + folder_->producer_secret_file()) +
         " --event caep:session-revoked --subject email:bob@example.com"
         " --member event_timestamp=$(date +%s.%3N)"
         R"( --member 'reason_admin={"en":"Left the company"}')");
}

// Ends with a signal: that is what was said would end it.
Task<void> Demo::show_what_arrives() {
  alarm_->cancel();
  show_how_to_publish();
  while (true) {
    const Result<DemoReceiver::Arrival> arrival = co_await receiver_->next();
    if (!arrival) break;
    const std::string after = arrival->after ? in_ms(*arrival->after) + " after it, " : "";
    print_(row(name_of(arrival->way), after + arrival->type + " " + arrival->subject));
  }
  signal_ = 0;
}

Task<void> Demo::finish() {
  stop_both();
  set_alarm(goodbye_max, [this] { process_->signal(SIGKILL); });
  while (!exit_) co_await gone_.wait();
  co_await receiver_->ended();
  alarm_->cancel();
}

}  // namespace

Result<void> run_demo(const DemoOptions& options,
                      const std::function<void(std::string_view line)>& print) {
  return Demo(options, print).run();
}

}  // namespace tocsin::app
