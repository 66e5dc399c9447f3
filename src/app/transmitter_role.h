// The transmitter of a configuration: its ledger, its issuers with their routes, and what works
// without being asked.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/callers.h"
#include "app/config.h"
#include "app/log.h"
#include "app/machine.h"
#include "app/metrics.h"
#include "app/producers.h"
#include "app/tenants.h"
#include "http/address_rule.h"
#include "http/router.h"
#include "store/sqlite/sqlite_store.h"
#include "transmitter/documents.h"
#include "transmitter/event_intake.h"
#include "transmitter/housekeeping.h"
#include "transmitter/outgoing_set.h"
#include "transmitter/poll_api.h"
#include "transmitter/poll_waiters.h"
#include "transmitter/push_engine.h"
#include "transmitter/signer.h"
#include "transmitter/tenant.h"

namespace tocsin::app {

// For the loop's thread. What it starts refers to it until the loop is gone.
class TransmitterRole {
 public:
  struct Parts {
    Machine& machine;
    Log& log;
    store::SqliteStore& store;
  };

  // Opens keys and tenants. Errors: those of whatever cannot be opened.
  static Result<std::unique_ptr<TransmitterRole>> open(const Config& config, Parts parts);

  // What open() would find wrong, without the store, which another process may have. The keys that
  // sign SETs.
  static Result<KeySet> check(const Config& config);

  // Keys that sign SETs, of all issuers.
  KeySet set_keys() const;
  std::vector<std::string> issuers() const;

  // Everything it answers. `callers` guards it.
  std::vector<http::Route> routes(Callers& callers);

  // Begins to push, to wake polls and to keep house. `ended` is called once the pushes that were
  // under way at stop() are recorded.
  void start(std::function<void()> ended);
  // No new attempt, no further wait.
  void stop();

  // Whether it can sign and its store takes events: a small write that is on disk (REL-20).
  http::Task<Result<void>> readiness();
  http::Task<void> add_metrics(MetricsPage& page);

  // What a reload changes, made but not in force.
  struct Change {
    struct OfTenant {
      ReceiverPolicies receivers;
      Producers producers;
      TenantKeys keys;
    };
    std::vector<OfTenant> tenants;
  };
  // Of the issuers that this process has, in their order.
  Result<Change> prepare(const Config& config) const;
  void apply(Change change);

 private:
  struct Issuer {
    TenantKeys keys;
    std::unique_ptr<transmitter::Signer> signer;
    std::unique_ptr<transmitter::Tenant> tenant;
    std::unique_ptr<transmitter::Documents> documents;
    std::unique_ptr<transmitter::EventIntake> intake;
    std::unique_ptr<transmitter::PollApi> polls;
  };

  TransmitterRole(const Config& config, Parts parts);
  Result<void> open_issuer(const TenantSection& section, const Config& config);
  void open_engine(const DeliverySection& section);

  KeyAccess key_access() const { return {.box = &*key_box_, .plain = plain_keys_}; }
  const transmitter::Tenant* tenant_of(std::string_view iss) const;
  bool may_have(const store::StreamRecord& stream, const store::PendingSet& set) const;
  loop::Task<Result<std::vector<Result<std::string>>>> compact_of_all(
      transmitter::PushEngine::Record stream, std::vector<transmitter::PushEngine::Set> sets);
  loop::Task<void> keep_house();
  void use_keys_of_age();
  http::Task<void> refresh_backlog();
  loop::Task<void> push(std::function<void()> ended);

  const Parts parts_;
  const bool plain_keys_;
  std::optional<jose::SecretBox> key_box_;  // there as soon as it is open
  const http::AddressRule addresses_;
  std::vector<Issuer> issuers_;
  std::unique_ptr<transmitter::OutgoingSets> sets_;
  std::unique_ptr<transmitter::PollWaiters> waiters_;
  std::unique_ptr<transmitter::Housekeeping> housekeeping_;
  std::unique_ptr<transmitter::PushRunner> runner_;
  std::unique_ptr<transmitter::PushEngine> engine_;
  std::optional<store::sqlite::Backlog> backlog_;  // for metrics
  std::optional<std::chrono::nanoseconds> backlog_at_;
};

}  // namespace tocsin::app
