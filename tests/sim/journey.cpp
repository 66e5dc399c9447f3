#include "sim/journey.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "base/base64url.h"
#include "receiver/push_intake.h"
#include "store/memory_inbox.h"
#include "support/inline_workers.h"
#include "tocsin/events/caep.h"
#include "transmitter/documents.h"
#include "transmitter/publish.h"

namespace tocsin::sim {
namespace {

constexpr std::string_view issuer = "https://transmitter.example";
constexpr std::string_view receiver_origin = "https://receiver.example";
constexpr std::string_view audience = "https://receiver.example/ssf";
constexpr std::string_view credential = "Bearer of-the-stream";
constexpr std::chrono::hours recovery_max{72};
constexpr std::chrono::minutes stragglers_max{11};

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

// Ed25519, whose signatures hold no randomness of their own: the seed decides every byte of a SET.
SigningKey make_key(Random& random) {
  std::string der("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16);
  der.resize(48);
  random.fill(std::span(reinterpret_cast<std::uint8_t*>(der.data()) + 16, 32));
  std::string base64 = base64url_encode(der);
  for (char& c : base64) c = c == '-' ? '+' : c == '_' ? '/' : c;
  const std::string pem =
      "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
  return SigningKey::from_pem(pem).value();
}

// The same SET saying something else, under the signature it had.
std::string tamper(const std::string& compact) {
  const std::size_t first = compact.find('.');
  const std::size_t second = compact.rfind('.');
  std::string payload =
      base64url_decode(std::string_view(compact).substr(first + 1, second - first - 1)).value();
  const std::size_t at = payload.find("user-");
  payload.replace(at, 5, "root-");
  return compact.substr(0, first + 1) + base64url_encode(payload) + compact.substr(second);
}

http::Router open_router(std::vector<http::Route> routes) {
  return http::Router::open(std::move(routes)).value();
}

class Journey {
 public:
  explicit Journey(const JourneyPlan& plan);
  JourneyLedger run();

 private:
  transmitter::Publisher::Parts parts_of(transmitter::Signer& signer) {
    return {.signer = signer, .runner = runner_, .clock = time_, .random = random_};
  }
  std::unique_ptr<receiver::PushIntake> open_intake();
  transmitter::PushTarget target() const;
  std::chrono::nanoseconds sometime();
  void note(std::string_view who, std::string_view what);

  Task<void> publish(std::size_t number);
  Task<void> forge();
  Task<void> rotate();

  const JourneyPlan plan_;
  JourneyLedger ledger_;
  loop::Loop loop_;
  VirtualTime time_{loop_};
  SeededRandom random_;
  Network network_;
  test::InlineWorkers workers_;  // what a pool of threads would do is no seed's to decide

  SigningKey first_key_;
  SigningKey second_key_;
  std::unique_ptr<transmitter::Documents> documents_;
  transmitter::Signer first_signer_;
  transmitter::Signer second_signer_;
  transmitter::PushRunner runner_;
  transmitter::Publisher first_publisher_;
  transmitter::Publisher second_publisher_;
  transmitter::Publisher* publisher_ = &first_publisher_;
  http::Router transmitter_router_;

  store::MemoryInbox inbox_;
  issuer::JwksCache keys_;
  std::unique_ptr<receiver::PushIntake> intake_;
  http::Router receiver_router_;

  std::vector<std::string> on_the_wire_;  // SETs a forger may have seen
  std::size_t running_ = 0;
};

Journey::Journey(const JourneyPlan& plan)
    : plan_(plan),
      random_(plan.seed),
      network_({.loop = loop_, .time = time_, .random = random_, .trace = ledger_.trace},
               plan.faults),
      first_key_(make_key(random_)),
      second_key_(make_key(random_)),
      documents_(transmitter::Documents::open(issuer, KeySet::of({first_key_})).value()),
      first_signer_(first_key_, workers_),
      second_signer_(second_key_, workers_),
      runner_({.client = network_, .timers = time_, .clock = time_, .random = random_}),
      first_publisher_(std::string(issuer), parts_of(first_signer_)),
      second_publisher_(std::string(issuer), parts_of(second_signer_)),
      transmitter_router_(open_router(documents_->routes())),
      keys_(std::string(issuer), network_, time_),
      intake_(open_intake()),
      receiver_router_(open_router({intake_->route()})) {
  network_.connect(std::string(issuer), transmitter_router_);
  network_.connect(std::string(receiver_origin), receiver_router_);
}

std::unique_ptr<receiver::PushIntake> Journey::open_intake() {
  receiver::Upstream upstream;
  upstream.name = "partner";
  upstream.authorization_header = credential;
  upstream.policy.iss = issuer;
  upstream.policy.aud = {std::string(audience)};
  const auto listen = [this](const VerifiedSet& set, auto) {
    note("application", "heard of " + set->jti);
    ledger_.heard.push_back(set->jti);
  };
  return receiver::PushIntake::open(std::move(upstream),
                                    {.keys = keys_, .inbox = inbox_, .clock = time_}, listen)
      .value();
}

transmitter::PushTarget Journey::target() const {
  return {.endpoint_url = parse_url(std::string(receiver_origin) + "/push/partner").value(),
          .authorization_header = std::string(credential)};
}

std::chrono::nanoseconds Journey::sometime() {
  const auto span = std::chrono::nanoseconds(plan_.span).count();
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(span))));
}

void Journey::note(std::string_view who, std::string_view what) {
  ledger_.trace.add(time_.monotonic(), who, what);
}

Task<void> Journey::publish(std::size_t number) {
  co_await time_.sleep(sometime());
  transmitter::PushStream stream{.aud = {std::string(audience)}, .target = target()};
  Subject subject = opaque_subject("user-" + std::to_string(number));
  caep::SessionRevoked event;
  event.initiating_entity = caep::InitiatingEntity::policy;
  const Result<transmitter::Published> done =
      co_await publisher_->publish(std::move(stream), std::move(subject), std::move(event));
  ledger_.published.push_back(done->jti);
  on_the_wire_.push_back(done->compact);
  const bool delivered = std::holds_alternative<delivery::Delivered>(done->report.outcome);
  if (delivered) ledger_.delivered.insert(done->jti);
  note("transmitter", done->jti + (delivered ? " delivered after " : " refused after ") +
                          std::to_string(done->report.history.failures) + " failures");
  --running_;
}

Task<void> Journey::forge() {
  co_await time_.sleep(sometime());
  while (on_the_wire_.empty()) co_await time_.sleep(std::chrono::minutes(1));
  std::string forgery = tamper(on_the_wire_[random_.below(on_the_wire_.size())]);
  transmitter::PushTarget where = target();
  const delivery::AttemptHistory history;
  const transmitter::PushReport report =
      co_await runner_.attempt(std::move(where), std::move(forgery), history);
  if (report.answer.status != 0) ledger_.forgery_answers.push_back(report.answer.status);
  note("forger", std::to_string(report.answer.status) + ' ' + report.answer.error.err);
  --running_;
}

// The old key stays published: what it signed is still on its way (REL-22).
Task<void> Journey::rotate() {
  co_await time_.sleep(std::chrono::nanoseconds(plan_.span) / 2);
  documents_->replace_keys(KeySet::of({first_key_, second_key_}));
  publisher_ = &second_publisher_;
  note("transmitter", "signs with its second key");
  --running_;
}

JourneyLedger Journey::run() {
  const auto start = [this](Task<void> task) {
    ++running_;
    boost::asio::co_spawn(loop_, std::move(task), rethrow);
  };
  boost::asio::co_spawn(loop_, keys_.keep_fresh(time_), rethrow);
  for (std::size_t i = 0; i < plan_.events; ++i) start(publish(i));
  for (std::size_t i = 0; i < plan_.forgeries; ++i) start(forge());
  if (plan_.rotates) start(rotate());

  const auto never = [] { return false; };
  time_.run_until(never, plan_.span);
  network_.replace_faults({});
  ledger_.finished = time_.run_until([this] { return running_ == 0; }, recovery_max);
  time_.run_until(never, stragglers_max);
  for (const store::InboxEntry& entry : inbox_.entries()) ledger_.kept.push_back(entry.jti);
  return std::move(ledger_);
}

}  // namespace

JourneyLedger run_journey(const JourneyPlan& plan) {
  Journey journey(plan);
  return journey.run();
}

}  // namespace tocsin::sim
