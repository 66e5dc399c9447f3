// A signed POST an event, as Standard Webhooks describes it: whoever holds the secret can tell that
// it is ours, and that it is not old.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/url.h"
#include "http/client.h"
#include "sink/sink.h"

namespace tocsin::sink {

// "whsec_" and base64: its octets. config_invalid for anything else, and for fewer than 24 octets.
Result<std::string> read_webhook_secret(std::string_view text);

// The value of webhook-signature: "v1," and base64 of HMAC-SHA256 over "id.timestamp.body".
std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::chrono::sys_seconds timestamp, std::string_view body);

// The id of an event's posts: the same whenever it is tried, so that a receiver can tell repeats.
std::string webhook_id(const SinkEvent& event);

// For the loop's thread.
class WebhookSink final : public Sink {
 public:
  struct Config {
    Url url;
    std::string secret;              // octets
    std::size_t under_way_max = 16;  // posts at a time, of different subjects
  };
  // Both outlive it.
  struct Parts {
    http::Client& client;
    const Clock& clock;
  };

  WebhookSink(Config config, Parts parts) : config_(std::move(config)), parts_(parts) {}

  // 2xx is success. 408, 425, 429, 5xx and no answer: it cannot take anything now. Every other
  // status: it does not want this event.
  Task<std::vector<Result<void>>> take(const std::vector<const SinkEvent*>& events) override;

 private:
  struct Batch;
  Task<void> work(Batch& batch);
  Task<Result<void>> post(const SinkEvent& event);

  const Config config_;
  const Parts parts_;
};

}  // namespace tocsin::sink
