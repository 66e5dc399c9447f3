// The receiver of a configuration: its upstreams, each with a stream that is kept, pushed or
// polled.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/log.h"
#include "app/machine.h"
#include "app/metrics.h"
#include "http/router.h"
#include "issuer/jwks_cache.h"
#include "oauth/token_client.h"
#include "receiver/intake.h"
#include "receiver/poll_runner.h"
#include "receiver/stream_keeper.h"
#include "store/inbox.h"
#include "store/notes.h"

namespace tocsin::app {

// For the loop's thread. What it starts refers to it until the loop is gone.
class ReceiverRole {
 public:
  struct Parts {
    Machine& machine;
    Log& log;
    store::Inbox& inbox;
    store::Notes& notes;
  };

  // Reads secrets and keys; calls nobody. Errors: config_invalid, file_unreadable, file_mode.
  static Result<std::unique_ptr<ReceiverRole>> open(const Config& config, Parts parts);
  // What open() would find wrong, without a store.
  static Result<void> check(const Config& config);

  // POST /push/{upstream} of those that push.
  std::vector<http::Route> routes() const { return routes_; }

  // Begins to keep streams and to poll. `taken` is called after a SET was kept.
  void start(std::function<void()> taken);
  // No further call.
  void stop();

  void add_metrics(MetricsPage& page) const;

 private:
  struct Upstream {
    std::string name;
    std::string issuer;
    std::unique_ptr<oauth::TokenClient> tokens;
    std::unique_ptr<receiver::Intake> intake;
    std::unique_ptr<receiver::StreamKeeper> keeper;
    std::unique_ptr<receiver::PollRunner> runner;
    std::shared_ptr<receiver::TransmitterApi> api{};  // there once the stream is
    bool is_polling = false;
    std::uint64_t taken = 0;
  };

  explicit ReceiverRole(Parts parts) : parts_(parts) {}

  Result<void> open_upstream(const UpstreamSection& section, const Config& config);
  issuer::JwksCache& keys_of(const UpstreamSection& section);
  void open_keeper(Upstream& upstream, receiver::StreamKeeper::Config config);
  void open_runner(Upstream& upstream);
  void use(Upstream& upstream, const StreamConfig& stream,
           std::shared_ptr<receiver::TransmitterApi> api);
  void tell(const Upstream& upstream, receiver::StreamKeeper::Event event,
            const std::string& detail);
  http::Task<receiver::Reply<receiver::PollAnswer>> poll(Upstream& upstream,
                                                         receiver::TransmitterApi::Poll poll);

  const Parts parts_;
  std::map<std::string, std::unique_ptr<issuer::JwksCache>> keys_;  // one for all of an issuer's
  std::vector<std::unique_ptr<Upstream>> upstreams_;
  std::vector<http::Route> routes_;
  std::function<void()> taken_;
};

}  // namespace tocsin::app
