#include "app/transmitter_role.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <iterator>
#include <utility>

#include "app/config_file.h"
#include "app/config_keys.h"
#include "app/store_key.h"
#include "app/transmitter_metrics.h"
#include "base/try.h"
#include "oauth/guard.h"
#include "transmitter/receiver_policy.h"
#include "transmitter/stream_api.h"

namespace tocsin::app {
namespace {

constexpr std::chrono::minutes erase_every{1};
constexpr std::chrono::seconds backlog_every{5};
constexpr std::size_t detail_max = 256;  // octets of what a peer said (SEC-44)

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

std::string_view name_of(transmitter::PushEngine::Alarm alarm) {
  using Alarm = transmitter::PushEngine::Alarm;
  switch (alarm) {
    case Alarm::stream_refuses:
      return "push.stream_refuses";
    case Alarm::stream_paused:
      return "push.stream_paused";
    case Alarm::cannot_sign:
      return "push.cannot_sign";
    case Alarm::set_unsendable:
      break;
  }
  return "push.set_unsendable";
}

void append(std::vector<http::Route>& routes, std::vector<http::Route> more) {
  std::move(more.begin(), more.end(), std::back_inserter(routes));
}

}  // namespace

TransmitterRole::TransmitterRole(const Config& config, Parts parts)
    : parts_(parts),
      plain_keys_(config.store.plain_keys),
      addresses_(address_exceptions(config.outbound).value_or(http::AddressExceptions{})),
      sets_(std::make_unique<transmitter::OutgoingSets>(parts.store)),
      waiters_(std::make_unique<transmitter::PollWaiters>(parts.store, parts.machine.clock)) {}

Result<std::unique_ptr<TransmitterRole>> TransmitterRole::open(const Config& config, Parts parts) {
  std::unique_ptr<TransmitterRole> role(new TransmitterRole(config, parts));
  TOCSIN_TRY(role->key_box_, open_store_key(config.store.key));
  TOCSIN_CHECK(role->open_issuer(config.transmitter, config));
  for (const TenantSection& section : config.tenants) {
    TOCSIN_CHECK(role->open_issuer(section, config));
  }
  role->open_engine(config.delivery);
  return role;
}

Result<KeySet> TransmitterRole::check(const Config& config) {
  TOCSIN_TRY(const jose::SecretBox box, open_store_key(config.store.key));
  std::vector<const TenantSection*> sections{&config.transmitter};
  for (const TenantSection& section : config.tenants) sections.push_back(&section);
  std::vector<SigningKey> keys;
  for (const TenantSection* section : sections) {
    TOCSIN_TRY(const TenantKeys loaded,
               load_tenant_keys(*section, {.box = &box, .plain = config.store.plain_keys}));
    for (const StoredKey& key : loaded.keys) keys.push_back(key.key);
    TOCSIN_TRY(const transmitter::TenantTerms terms, terms_of(*section, config));
    TOCSIN_TRY(const ReceiverPolicies receivers, receivers_of(section->issuer, config));
    TOCSIN_TRY(const Producers producers, producers_of(section->issuer, config));
  }
  return KeySet::of(keys);
}

Result<void> TransmitterRole::open_issuer(const TenantSection& section, const Config& config) {
  Machine& machine = parts_.machine;
  TOCSIN_TRY(TenantKeys keys, load_tenant_keys(section, key_access()));
  TOCSIN_TRY(transmitter::TenantTerms terms, terms_of(section, config));
  TOCSIN_TRY(ReceiverPolicies receivers, receivers_of(section.issuer, config));
  TOCSIN_TRY(Producers producers, producers_of(section.issuer, config));
  const KeySet published = keys.published();
  const SigningKey& signing = keys.signing(machine.clock.wall_seconds());

  Issuer issuer;
  issuer.signer = std::make_unique<transmitter::Signer>(signing, machine.workers);
  issuer.signer->replace_keys(signing, published);
  TOCSIN_TRY(issuer.tenant, transmitter::Tenant::open(std::move(terms), *issuer.signer));
  issuer.tenant->replace_receivers(std::move(receivers));
  TOCSIN_TRY(issuer.documents, transmitter::Documents::open(issuer.tenant->metadata(), published));
  issuer.intake = std::make_unique<transmitter::EventIntake>(
      transmitter::EventIntake::Parts{.tenant = *issuer.tenant,
                                      .outbox = parts_.store,
                                      .clock = machine.clock,
                                      .random = machine.random},
      std::move(producers));
  issuer.polls =
      std::make_unique<transmitter::PollApi>(transmitter::PollApi::Parts{.tenant = *issuer.tenant,
                                                                         .streams = parts_.store,
                                                                         .outbox = parts_.store,
                                                                         .sets = *sets_,
                                                                         .waiters = *waiters_,
                                                                         .clock = machine.clock});
  issuer.keys = std::move(keys);
  issuers_.push_back(std::move(issuer));
  return {};
}

void TransmitterRole::open_engine(const DeliverySection& section) {
  Machine& machine = parts_.machine;
  const delivery::RetrySpans retry{.first = section.retry_first, .last = section.retry_last};
  housekeeping_ = std::make_unique<transmitter::Housekeeping>(
      transmitter::Housekeeping::Parts{.streams = parts_.store,
                                       .subjects = parts_.store,
                                       .timers = machine.timers,
                                       .clock = machine.clock,
                                       .random = machine.random});
  runner_ = std::make_unique<transmitter::PushRunner>(
      transmitter::PushRunner::Parts{.client = *machine.client,
                                     .timers = machine.timers,
                                     .clock = machine.clock,
                                     .random = machine.random,
                                     .retry = retry});
  transmitter::PushEngine::Parts parts{
      .outbox = parts_.store,
      .streams = parts_.store,
      .runner = *runner_,
      .timers = machine.timers,
      .clock = machine.clock,
      .random = machine.random,
      .compact_of_all =
          [this](auto stream, auto sets) {
            return compact_of_all(std::move(stream), std::move(sets));
          },
      .may_have = [this](const auto& stream, const auto& set) { return may_have(stream, set); },
      .alarm =
          [this](auto alarm, const std::string& stream_id, std::string_view detail) {
            parts_.log.warn(name_of(alarm),
                            {{"stream_id", stream_id}, {"detail", detail.substr(0, detail_max)}});
          },
  };
  transmitter::PushEngine::Config config;
  config.plan.patience = section.give_up;
  config.plan.retry = retry;
  // The address rule decides which hosts are called without TLS.
  config.plain_http = PlainHttp::allowed;
  engine_ = std::make_unique<transmitter::PushEngine>(machine.loop, std::move(parts), config);
}

KeySet TransmitterRole::set_keys() const {
  std::vector<SigningKey> keys;
  for (const Issuer& issuer : issuers_) {
    for (const StoredKey& key : issuer.keys.keys) keys.push_back(key.key);
  }
  return KeySet::of(keys);
}

std::vector<std::string> TransmitterRole::issuers() const {
  std::vector<std::string> names;
  for (const Issuer& issuer : issuers_) names.push_back(issuer.tenant->issuer());
  return names;
}

std::vector<http::Route> TransmitterRole::routes(Callers& callers) {
  std::vector<http::Route> routes;
  for (const Issuer& issuer : issuers_) {
    oauth::Guard& guard = callers.guard_of(issuer.tenant->issuer());
    const transmitter::Guard admit = [&guard](oauth::Operation operation) {
      return guard.access(operation);
    };
    append(routes, issuer.documents->routes());
    append(routes, transmitter::stream_api_routes({.tenant = *issuer.tenant,
                                                   .streams = parts_.store,
                                                   .subjects = parts_.store,
                                                   .clock = parts_.machine.clock,
                                                   .random = parts_.machine.random,
                                                   .addresses = addresses_},
                                                  admit));
    append(routes, issuer.polls->routes(admit));
    routes.push_back(issuer.intake->route(guard.access(oauth::Operation::publish)));
  }
  return routes;
}

void TransmitterRole::start(std::function<void()> ended) {
  if (plain_keys_) parts_.log.warn("plain_keys", {{"detail", "key files need not be sealed"}});
  loop::Loop& loop = parts_.machine.loop;
  boost::asio::co_spawn(loop, push(std::move(ended)), rethrow);
  boost::asio::co_spawn(loop, waiters_->run(parts_.machine.timers), rethrow);
  boost::asio::co_spawn(loop, housekeeping_->run(), rethrow);
  boost::asio::co_spawn(loop, keep_house(), rethrow);
}

void TransmitterRole::stop() {
  engine_->stop();
  waiters_->stop();
  housekeeping_->stop();
}

loop::Task<void> TransmitterRole::push(std::function<void()> ended) {
  co_await engine_->run();
  ended();
}

// A slice at a time, so that commits in between do not wait for it.
loop::Task<void> TransmitterRole::keep_house() {
  while (true) {
    use_keys_of_age();
    const auto erased = co_await parts_.store.erase_expired(parts_.machine.clock.wall());
    if (!erased) parts_.log.error("store.erase", {{"detail", erased.error().to_string()}});
    if (erased && erased->expired != 0) {
      parts_.log.warn("store.expired", {{"sets", static_cast<std::int64_t>(erased->expired)}});
    }
    const bool more = erased && erased->more;
    if (!more) co_await parts_.machine.timers.sleep(erase_every);
  }
}

const transmitter::Tenant* TransmitterRole::tenant_of(std::string_view iss) const {
  const auto issuer = std::ranges::find(
      issuers_, iss, [](const Issuer& each) -> std::string_view { return each.tenant->issuer(); });
  return issuer == issuers_.end() ? nullptr : issuer->tenant.get();
}

bool TransmitterRole::may_have(const store::StreamRecord& stream,
                               const store::PendingSet& set) const {
  const transmitter::Tenant* tenant = tenant_of(stream.owner.iss);
  const auto* policy = tenant == nullptr ? nullptr : tenant->receiver(stream.owner.receiver);
  return policy != nullptr && transmitter::may_have(*policy, set.event, set.subject);
}

loop::Task<Result<std::vector<Result<std::string>>>> TransmitterRole::compact_of_all(
    transmitter::PushEngine::Record stream, std::vector<transmitter::PushEngine::Set> sets) {
  const transmitter::Tenant* tenant = tenant_of(stream->owner.iss);
  if (tenant == nullptr) co_return Error(Errc::jose_key_unavailable, "no such issuer any more");
  co_return co_await sets_->compact_of_all(*tenant, *stream, sets);
}

http::Task<Result<void>> TransmitterRole::readiness() {
  for (const Issuer& issuer : issuers_) {
    if (!issuer.signer->has_key()) co_return Error(Errc::jose_key_unavailable);
  }
  co_return co_await parts_.store.probe();
}

http::Task<void> TransmitterRole::add_metrics(MetricsPage& page) {
  co_await refresh_backlog();
  add_push_metrics(page, engine_->counts());
  add_store_metrics(page, parts_.store.counts());
  if (backlog_) add_backlog_metrics(page, *backlog_, parts_.machine.clock.wall());
  for (const Issuer& issuer : issuers_) {
    add_intake_metrics(page, issuer.tenant->issuer(), issuer.intake->counts());
  }
  page.gauge("tocsin_polls_waiting", "Long polls that wait.",
             static_cast<double>(waiters_->waiting()));
  page.gauge("tocsin_plain_keys_allowed", "1: key files need not be sealed.", plain_keys_ ? 1 : 0);
}

// However often somebody asks for metrics, the streams are gone through no more often than this. A
// store that does not answer has no backlog to show.
http::Task<void> TransmitterRole::refresh_backlog() {
  const std::chrono::nanoseconds now = parts_.machine.clock.monotonic();
  if (backlog_at_ && now - *backlog_at_ < backlog_every) co_return;
  backlog_at_ = now;
  auto backlog = co_await parts_.store.backlog(measured_streams_max);
  backlog_.reset();
  if (backlog) backlog_ = *std::move(backlog);
}

Result<TransmitterRole::Change> TransmitterRole::prepare(const Config& config) const {
  Change change;
  for (const Issuer& issuer : issuers_) {
    const std::string& name = issuer.tenant->issuer();
    const TenantSection* section = section_of(name, config);
    if (section == nullptr) {
      return Error(Errc::config_invalid, "issuer " + name + " cannot go while we run");
    }
    TOCSIN_TRY(ReceiverPolicies receivers, receivers_of(name, config));
    TOCSIN_TRY(Producers producers, producers_of(name, config));
    TOCSIN_TRY(TenantKeys keys, load_tenant_keys(*section, key_access()));
    change.tenants.push_back({std::move(receivers), std::move(producers), std::move(keys)});
  }
  return change;
}

void TransmitterRole::apply(Change change) {
  for (std::size_t i = 0; i < issuers_.size(); ++i) {
    Change::OfTenant& tenant = change.tenants[i];
    issuers_[i].tenant->replace_receivers(std::move(tenant.receivers));
    issuers_[i].intake->replace_producers(std::move(tenant.producers));
    issuers_[i].keys = std::move(tenant.keys);
    issuers_[i].documents->replace_keys(issuers_[i].keys.published());
  }
  use_keys_of_age();
}

void TransmitterRole::use_keys_of_age() {
  for (Issuer& issuer : issuers_) {
    const SigningKey& signing = issuer.keys.signing(parts_.machine.clock.wall_seconds());
    const bool is_other = !issuer.signer->has_key() || issuer.signer->key().kid() != signing.kid();
    issuer.signer->replace_keys(signing, issuer.keys.published());
    if (is_other) {
      parts_.log.info("key.signs", {{"issuer", issuer.tenant->issuer()}, {"kid", signing.kid()}});
    }
  }
}

}  // namespace tocsin::app
