// The receiver of the demo, made of the rooms that `tocsin serve` receives with. It is told an
// issuer and a client's secret, and finds out everything else by the protocol: metadata, token
// endpoint, streams, keys.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "app/machine.h"
#include "http/server.h"
#include "issuer/jwks_cache.h"
#include "loop/gate.h"
#include "oauth/token_client.h"
#include "receiver/intake.h"
#include "receiver/poll_runner.h"
#include "receiver/transmitter_api.h"
#include "store/memory_inbox.h"
#include "tocsin/stream_config.h"

namespace tocsin::app {

using loop::Task;

// For the loop's thread.
class DemoReceiver {
 public:
  struct Config {
    std::string issuer;
    std::string client_id;
    std::string client_secret;
    http::TlsServer tls;  // of the push endpoint
  };

  // A SET that was verified and kept.
  struct Arrival {
    DeliveryMethod way{};
    std::string type;
    std::string subject;                               // as JSON
    std::optional<std::string> state{};                // of a verification
    std::optional<std::chrono::milliseconds> after{};  // from the event's own time until here
  };

  // Listens on loopback. `machine` outlives it.
  static Result<std::unique_ptr<DemoReceiver>> open(Machine& machine, Config config);

  // Metadata and token endpoint of the issuer, waiting for it to be there.
  Task<Result<void>> discover();
  const Url& metadata() const noexcept { return *metadata_url_; }
  const Url& token_endpoint() const noexcept { return *token_endpoint_; }

  // A token, then a stream of this kind. A poll stream is polled from here on.
  Task<Result<StreamConfig>> create_stream(DeliveryMethod way);
  // Asks for a verification event and waits for it: how long it took.
  Task<Result<std::chrono::milliseconds>> verify(DeliveryMethod way);
  // The next SET on any stream. net_closed after stop().
  Task<Result<Arrival>> next();

  // The last SET that was pushed is pushed to us again with another subject in it: our answer.
  Task<Result<http::Response>> push_tampered();

  // No further poll, no connection; next() ends. Once the transmitter is gone, ended() ends.
  void stop();
  Task<void> ended();

 private:
  // One of the two streams.
  struct Stream {
    Stream(std::string name, receiver::Intake::Parts parts, receiver::Intake::Listener listener)
        : intake(std::move(name), std::nullopt, parts, std::move(listener)) {}
    StreamConfig config{};
    receiver::Intake intake;
  };

  DemoReceiver(Machine& machine, Config config);
  Stream& stream_of(DeliveryMethod way) { return way == DeliveryMethod::push ? push_ : poll_; }
  Task<Result<Url>> find_token_endpoint();
  Result<void> open_api(TransmitterMetadata metadata);
  void arrive(DeliveryMethod way, const VerifiedSet& set,
              std::chrono::sys_time<std::chrono::milliseconds> received_at);
  Task<void> serve();
  Task<void> poll(Url endpoint);
  void one_ended();

  Machine& machine_;
  const Config config_;
  const std::string push_credential_;
  issuer::JwksCache keys_;
  store::MemoryInbox inbox_;
  Stream push_;
  Stream poll_;
  std::optional<http::Server> server_;
  std::optional<Url> metadata_url_;
  std::optional<Url> token_endpoint_;
  std::unique_ptr<oauth::TokenClient> tokens_;
  std::unique_ptr<receiver::TransmitterApi> api_;
  std::optional<receiver::PollRunner> runner_;
  std::deque<Arrival> arrivals_;
  loop::Gate arrived_;
  bool is_stopping_ = false;
  int working_ = 0;  // server and poller, until they have ended
  loop::Gate ended_;
};

}  // namespace tocsin::app
