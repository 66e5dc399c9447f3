// POST <issuer>/events: producers hand events in. A 202 says that every event it names is durable,
// with a SET for each stream that wants it (REL-01); a repeated key gets the first answer again
// (REL-19).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http/router.h"
#include "store/outbox.h"
#include "transmitter/producer_grant.h"
#include "transmitter/publish_request.h"
#include "transmitter/tenant.h"

namespace tocsin::transmitter {

using http::Task;

inline constexpr std::string_view events_path = "/events";
inline constexpr std::string_view publish_scope = "tocsin.publish";

// For the loop's thread.
class EventIntake {
 public:
  // All of it must outlive the intake.
  struct Parts {
    const Tenant& tenant;
    store::Outbox& outbox;
    const Clock& clock;
    Random& random;
  };
  struct Counts {
    std::uint64_t accepted = 0;
    std::uint64_t repeated = 0;
    std::uint64_t refused = 0;
    std::uint64_t unavailable = 0;  // requests that were answered 503
  };

  // Producers by who calls, with what they may submit (SEC-18). Nobody else may submit anything.
  using Producers = std::map<TenantKey, ProducerGrant>;

  EventIntake(Parts parts, Producers producers, Strictness strictness = Strictness::interop)
      : parts_(parts), producers_(std::move(producers)), strictness_(strictness) {}

  // `access` demands publish_scope. The intake must outlive the server.
  http::Route route(http::Access access);

  void replace_producers(Producers producers) { producers_ = std::move(producers); }
  const Counts& counts() const noexcept { return counts_; }

 private:
  Task<Result<http::Response>> take(http::Request request);
  Result<PublishRequest> read(const http::Request& request) const;
  store::NewEvent to_event(PublishItem item, const TenantKey& producer) const;
  http::Response answer(const PublishRequest& request, const std::vector<std::size_t>& indexes,
                        const std::vector<store::Receipt>& receipts);

  const Parts parts_;
  Producers producers_;
  const Strictness strictness_;
  Counts counts_;
};

}  // namespace tocsin::transmitter
