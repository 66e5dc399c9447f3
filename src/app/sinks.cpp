#include "app/sinks.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <cstdint>
#include <exception>
#include <set>
#include <utility>

#include "app/config_file.h"
#include "app/event_pattern.h"
#include "base/try.h"
#include "sink/ndjson_sink.h"
#include "sink/webhook_sink.h"

namespace tocsin::app {
namespace {

constexpr std::chrono::minutes erase_every{1};
constexpr std::size_t erased_max = 1000;  // rows in one transaction

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

Result<sink::SinkFilter> filter_of(const SinkSection& section) {
  TOCSIN_TRY(const std::vector<std::string> types, expand_event_patterns(section.events));
  if (types.empty() && section.upstreams.empty()) return sink::SinkFilter();
  return sink::SinkFilter(
      [types = std::set<std::string>(types.begin(), types.end()),
       upstreams = std::set<std::string>(section.upstreams.begin(), section.upstreams.end())](
          const sink::SinkEvent& event) {
        if (!upstreams.empty() && !upstreams.contains(event.upstream)) return false;
        return types.empty() || std::ranges::any_of(event.types, [&](const std::string& type) {
                 return types.contains(type);
               });
      });
}

Result<sink::WebhookSink::Config> webhook_of(const SinkSection& section) {
  sink::WebhookSink::Config webhook;
  TOCSIN_TRY(webhook.url, parse_url(section.url));
  TOCSIN_TRY(const std::string secret, read_secret(section.secret));
  TOCSIN_TRY(webhook.secret, sink::read_webhook_secret(secret));
  return webhook;
}

Result<std::unique_ptr<sink::Sink>> open_destination(const SinkSection& section, Machine& machine) {
  if (section.type == "webhook") {
    TOCSIN_TRY(sink::WebhookSink::Config webhook, webhook_of(section));
    return std::unique_ptr<sink::Sink>(std::make_unique<sink::WebhookSink>(
        std::move(webhook), sink::WebhookSink::Parts{*machine.client, machine.clock}));
  }
  TOCSIN_TRY(auto lines, sink::NdjsonSink::open(section.path, machine.workers));
  return std::unique_ptr<sink::Sink>(std::move(lines));
}

}  // namespace

Result<std::unique_ptr<Sinks>> Sinks::open(const Config& config, Parts parts) {
  std::unique_ptr<Sinks> sinks(new Sinks(parts, config.receiving.retention));
  for (const SinkSection& section : config.sinks) TOCSIN_CHECK(sinks->open_sink(section));
  return sinks;
}

Result<void> Sinks::check(const Config& config) {
  for (const SinkSection& section : config.sinks) {
    TOCSIN_TRY(const auto filter, filter_of(section));
    if (section.type != "webhook") continue;
    TOCSIN_TRY(const auto webhook, webhook_of(section));
  }
  return {};
}

Result<void> Sinks::open_sink(const SinkSection& section) {
  Machine& machine = parts_.machine;
  One one;
  one.name = section.name;
  TOCSIN_TRY(one.sink, open_destination(section, machine));
  sink::SinkRunner::Config config;
  config.name = section.name;
  TOCSIN_TRY(config.wants, filter_of(section));
  config.refusals_max = static_cast<unsigned>(section.refusals_max);
  const std::string name = section.name;
  one.runner = std::make_unique<sink::SinkRunner>(
      std::move(config),
      sink::SinkRunner::Parts{
          .inbox = parts_.inbox,
          .notes = parts_.notes,
          .timers = machine.timers,
          .random = machine.random,
          .sink = *one.sink,
          .on_set_aside =
              [this, name](const sink::SinkEvent& event, const Error& why) {
                parts_.log.error("sink.set_aside", {{"sink", name},
                                                    {"place", event.place},
                                                    {"jti", event.jti},
                                                    {"detail", why.to_string()}});
              },
          .on_failure =
              [this, name](const Error& why) {
                parts_.log.warn("sink.failed", {{"sink", name}, {"detail", why.to_string()}});
              }});
  sinks_.push_back(std::move(one));
  return {};
}

void Sinks::start() {
  for (const One& one : sinks_) {
    boost::asio::co_spawn(parts_.machine.loop, one.runner->run(), rethrow);
  }
  boost::asio::co_spawn(parts_.machine.loop, keep_house(), rethrow);
}

void Sinks::stop() {
  is_stopping_ = true;
  for (const One& one : sinks_) one.runner->stop();
}

void Sinks::wake() {
  for (const One& one : sinks_) one.runner->wake();
}

http::Task<void> Sinks::keep_house() {
  while (!is_stopping_) {
    std::int64_t place = INT64_MAX;
    for (const One& one : sinks_) place = std::min(place, one.runner->cursor());
    const auto erased =
        co_await parts_.inbox.erase(parts_.machine.clock.wall() - retention_, place, erased_max);
    if (!erased) parts_.log.warn("inbox.erase_failed", {{"detail", erased.error().to_string()}});
    if (!erased || *erased < erased_max) co_await parts_.machine.timers.sleep(erase_every);
  }
}

void Sinks::add_metrics(MetricsPage& page) const {
  for (const One& one : sinks_) {
    const sink::SinkRunner::Counts& counts = one.runner->counts();
    const auto events = [&](const char* outcome, std::uint64_t count) {
      page.counter("tocsin_sink_events_total", "Events for a sink, by what became of them.",
                   static_cast<double>(count), {{"sink", one.name}, {"outcome", outcome}});
    };
    events("delivered", counts.delivered);
    events("filtered", counts.filtered);
    events("set_aside", counts.set_aside);
    page.counter("tocsin_sink_failures_total", "Rounds in which a sink could not be reached.",
                 static_cast<double>(counts.failures), {{"sink", one.name}});
    page.gauge("tocsin_sink_place", "Up to where in the inbox a sink has everything.",
               static_cast<double>(one.runner->cursor()), {{"sink", one.name}});
  }
}

}  // namespace tocsin::app
