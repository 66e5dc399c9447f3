#include "app/receiver_role.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "app/config_file.h"
#include "app/event_pattern.h"
#include "app/key_file.h"
#include "app/store_key.h"
#include "base/try.h"
#include "receiver/push_intake.h"

namespace tocsin::app {
namespace {

using receiver::StreamKeeper;
using Event = StreamKeeper::Event;

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

Result<std::optional<Url>> optional_url(const std::string& text) {
  if (text.empty()) return std::optional<Url>();
  TOCSIN_TRY(Url url, parse_url(text));
  return std::optional(std::move(url));
}

// SETs of an upstream, before its stream is known. Values of the decided profiles.
SetPolicy policy_of(const UpstreamSection& section) {
  SetPolicy policy;
  policy.iss = section.issuer;
  policy.aud = section.audience;
  policy.algorithms = {Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA};
  if (section.profile == "caep-interop") {
    policy.algorithms = {Algorithm::RS256};
    policy.strictness = Strictness::interop;
  }
  return policy;
}

Result<SigningKey> newest_key(const std::string& path, const Config& config) {
  TOCSIN_TRY(const jose::SecretBox box, open_store_key(config.store.key));
  TOCSIN_TRY(const std::vector<StoredKey> keys,
             load_key_file(path, {.box = &box, .plain = config.store.plain_keys}));
  return keys.back().key;
}

Result<std::unique_ptr<oauth::TokenClient>> open_tokens(const UpstreamSection& section,
                                                        const Config& config, Machine& machine) {
  if (section.client_id.empty()) return std::unique_ptr<oauth::TokenClient>();
  oauth::TokenClientConfig tokens;
  TOCSIN_TRY(tokens.token_endpoint, parse_url(section.token_url));
  tokens.client_id = section.client_id;
  if (!section.client_key.path.empty()) {
    TOCSIN_TRY(tokens.assertion_key, newest_key(section.client_key.path, config));
    tokens.assertion_audience = section.assertion_audience;
  } else {
    TOCSIN_TRY(tokens.client_secret, read_secret(section.client_secret));
    tokens.secret_in_form = section.secret_in_form;
  }
  tokens.scope = section.scope;
  tokens.trust = trust_of(section);
  return oauth::TokenClient::open(std::move(tokens),
                                  {*machine.client, machine.random, machine.clock});
}

Result<StreamKeeper::Config> keeper_of(const UpstreamSection& section, const Config& config) {
  StreamKeeper::Config keeper;
  keeper.name = section.name;
  keeper.metadata.issuer = section.issuer;
  TOCSIN_TRY(keeper.metadata.url, optional_url(section.metadata_url));
  keeper.metadata.trust = trust_of(section);
  if (!section.token.empty()) {
    TOCSIN_TRY(keeper.bearer, read_secret(section.token));
  }
  keeper.wanted.delivery.method = DeliveryMethod::poll;
  if (section.delivery == "push") {
    TOCSIN_TRY(std::string header, read_secret(section.authorization_header));
    keeper.wanted.delivery = {.method = DeliveryMethod::push,
                              .endpoint_url = config.server.public_url + "/push/" + section.name,
                              .authorization_header = std::move(header)};
  }
  TOCSIN_TRY(keeper.wanted.events_requested, expand_event_patterns(section.events));
  keeper.wanted.description = section.description;
  if (!section.audience.empty()) keeper.wanted.aud = section.audience;
  keeper.stream_id = section.stream_id;
  keeper.policy = policy_of(section);
  keeper.verify_every = std::chrono::ceil<std::chrono::seconds>(section.verify_every);
  return keeper;
}

}  // namespace

Result<std::unique_ptr<ReceiverRole>> ReceiverRole::open(const Config& config, Parts parts) {
  std::unique_ptr<ReceiverRole> role(new ReceiverRole(parts));
  for (const UpstreamSection& section : config.upstreams) {
    TOCSIN_CHECK(role->open_upstream(section, config));
  }
  return role;
}

Result<void> ReceiverRole::check(const Config& config) {
  for (const UpstreamSection& section : config.upstreams) {
    TOCSIN_TRY(const auto keeper, keeper_of(section, config));
    if (!section.client_secret.empty()) {
      TOCSIN_TRY(const std::string secret, read_secret(section.client_secret));
    }
    if (!section.client_key.path.empty()) {
      TOCSIN_TRY(const SigningKey key, newest_key(section.client_key.path, config));
    }
  }
  return {};
}

Result<void> ReceiverRole::open_upstream(const UpstreamSection& section, const Config& config) {
  auto upstream = std::make_unique<Upstream>();
  upstream->name = section.name;
  upstream->issuer = section.issuer;
  TOCSIN_TRY(upstream->tokens, open_tokens(section, config, parts_.machine));
  TOCSIN_TRY(StreamKeeper::Config keeper, keeper_of(section, config));
  const receiver::Intake::Parts parts{
      .keys = keys_of(section), .inbox = parts_.inbox, .clock = parts_.machine.clock};
  upstream->intake = std::make_unique<receiver::Intake>(
      section.name, std::nullopt, parts, [this, &at = *upstream](const VerifiedSet& set, auto) {
        ++at.taken;
        at.keeper->observe(set);
        if (taken_) taken_();
      });
  if (keeper.wanted.delivery.method == DeliveryMethod::push) {
    TOCSIN_TRY(http::Route route,
               receiver::push_route(section.name, *keeper.wanted.delivery.authorization_header,
                                    *upstream->intake));
    routes_.push_back(std::move(route));
  } else {
    open_runner(*upstream);
  }
  open_keeper(*upstream, std::move(keeper));
  upstreams_.push_back(std::move(upstream));
  return {};
}

issuer::JwksCache& ReceiverRole::keys_of(const UpstreamSection& section) {
  const std::string trust = trust_of(section);
  auto& cache = keys_[section.issuer + '\n' + section.jwks_url + '\n' + section.metadata_url +
                      '\n' + section.ca_file.path];
  if (cache) return *cache;
  Machine& machine = parts_.machine;
  const Result<Url> jwks = parse_url(section.jwks_url);
  cache = jwks ? std::make_unique<issuer::JwksCache>(*jwks, *machine.client, machine.clock, trust)
               : std::make_unique<issuer::JwksCache>(section.issuer, *machine.client, machine.clock,
                                                     issuer::Metadata::transmitter, trust);
  return *cache;
}

void ReceiverRole::open_keeper(Upstream& upstream, StreamKeeper::Config config) {
  Machine& machine = parts_.machine;
  upstream.keeper = std::make_unique<StreamKeeper>(
      std::move(config),
      StreamKeeper::Parts{
          .client = *machine.client,
          .tokens = upstream.tokens.get(),
          .notes = parts_.notes,
          .intake = *upstream.intake,
          .timers = machine.timers,
          .clock = machine.clock,
          .random = machine.random,
          .tell = [this, &upstream](Event event,
                                    const std::string& detail) { tell(upstream, event, detail); },
          .use =
              [this, &upstream](const StreamConfig& stream,
                                std::shared_ptr<receiver::TransmitterApi> api) {
                use(upstream, stream, std::move(api));
              }});
}

void ReceiverRole::open_runner(Upstream& upstream) {
  Machine& machine = parts_.machine;
  upstream.runner = std::make_unique<receiver::PollRunner>(
      receiver::PollRunner::Parts{
          .poll = [this, &upstream](auto request) { return poll(upstream, std::move(request)); },
          .intake = *upstream.intake,
          .timers = machine.timers,
          .clock = machine.clock,
          .random = machine.random,
          .on_failure =
              [this, &upstream](const Error& error) {
                if (error.code == Errc::stream_unknown) upstream.keeper->miss_stream();
                parts_.log.warn("upstream.poll_failed",
                                {{"upstream", upstream.name}, {"detail", error.to_string()}});
              },
          .on_refusal =
              [this, &upstream](const std::string& jti, const Error& error) {
                parts_.log.warn(
                    "upstream.set_refused",
                    {{"upstream", upstream.name}, {"jti", jti}, {"detail", error.to_string()}});
              }},
      receiver::PollRunner::Config{});
}

http::Task<receiver::Reply<receiver::PollAnswer>> ReceiverRole::poll(
    Upstream& upstream, receiver::TransmitterApi::Poll poll) {
  const auto api = upstream.api;  // another one may come while we wait
  co_return co_await api->poll(std::move(poll));
}

void ReceiverRole::use(Upstream& upstream, const StreamConfig& stream,
                       std::shared_ptr<receiver::TransmitterApi> api) {
  upstream.api = std::move(api);
  if (!upstream.runner) return;
  // Which hosts are called without TLS is for the address rule.
  Result<Url> endpoint = parse_url(stream.delivery.endpoint_url, PlainHttp::allowed);
  if (!endpoint) {
    tell(upstream, Event::cannot_establish, endpoint.error().to_string());
    return;
  }
  if (std::exchange(upstream.is_polling, true)) {
    upstream.runner->move_to(*std::move(endpoint));
  } else {
    boost::asio::co_spawn(parts_.machine.loop, upstream.runner->run(*std::move(endpoint)), rethrow);
  }
}

void ReceiverRole::tell(const Upstream& upstream, Event event, const std::string& detail) {
  const bool is_good = event == Event::established || event == Event::verified;
  parts_.log.write(is_good ? LogLevel::info : LogLevel::warning, StreamKeeper::name_of(event),
                   {{"upstream", upstream.name}, {"detail", detail}});
}

void ReceiverRole::start(std::function<void()> taken) {
  taken_ = std::move(taken);
  Machine& machine = parts_.machine;
  for (const auto& [name, cache] : keys_) {
    boost::asio::co_spawn(machine.loop, cache->keep_fresh(machine.timers), rethrow);
  }
  for (const auto& upstream : upstreams_) {
    boost::asio::co_spawn(machine.loop, upstream->keeper->run(), rethrow);
  }
}

void ReceiverRole::stop() {
  for (const auto& upstream : upstreams_) {
    upstream->keeper->stop();
    if (upstream->runner) upstream->runner->stop();
  }
}

void ReceiverRole::add_metrics(MetricsPage& page) const {
  for (const auto& upstream : upstreams_) {
    const MetricsPage::Labels labels{{"upstream", upstream->name}};
    const StreamKeeper::State& state = upstream->keeper->state();
    page.gauge("tocsin_upstream_established", "1: the stream is there and as it should be.",
               state.is_established ? 1 : 0, labels);
    page.gauge("tocsin_upstream_enabled", "1: the transmitter says that the stream is enabled.",
               state.status == StreamStatus::enabled ? 1 : 0, labels);
    page.gauge(
        "tocsin_upstream_verified_timestamp_seconds",
        "When a verification event that was asked for came last; 0: never.",
        state.verified_at ? static_cast<double>(state.verified_at->time_since_epoch().count()) : 0,
        labels);
    page.counter("tocsin_upstream_failures_total", "Attempts to establish the stream that failed.",
                 static_cast<double>(state.failures), labels);
    page.counter("tocsin_upstream_verifications_missing_total",
                 "Verification events that were promised and did not come.",
                 static_cast<double>(state.missing_verifications), labels);
    page.counter("tocsin_upstream_sets_total", "SETs that were taken, each once.",
                 static_cast<double>(upstream->taken), labels);
    if (!upstream->runner) continue;
    const receiver::PollRunner::Counts& polls = upstream->runner->counts();
    const auto poll = [&](const char* outcome, std::uint64_t count) {
      page.counter("tocsin_upstream_polls_total", "Polls, by outcome.", static_cast<double>(count),
                   {{"upstream", upstream->name}, {"outcome", outcome}});
    };
    poll("answered", polls.polls);
    poll("failed", polls.failures);
    const auto sets = [&](const char* outcome, std::uint64_t count) {
      page.counter("tocsin_upstream_polled_sets_total",
                   "SETs in the answers to polls, by what the transmitter was told of them.",
                   static_cast<double>(count),
                   {{"upstream", upstream->name}, {"outcome", outcome}});
    };
    sets("acknowledged", polls.acknowledged);
    sets("refused", polls.refused);
    sets("undecided", polls.undecided);
  }
}

}  // namespace tocsin::app
