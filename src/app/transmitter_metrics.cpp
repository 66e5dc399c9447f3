#include "app/transmitter_metrics.h"

#include <algorithm>
#include <chrono>

namespace tocsin::app {
namespace {

double age_in_seconds(store::WallTime since, store::WallTime now) {
  return std::max(0.0, std::chrono::duration<double>(now - since).count());
}

}  // namespace

void add_push_metrics(MetricsPage& page, const transmitter::PushCounts& push) {
  const auto attempts = [&](const char* outcome, std::uint64_t count) {
    page.counter("tocsin_push_attempts_total", "Push attempts that ended, by what came of them.",
                 static_cast<double>(count), {{"outcome", outcome}});
  };
  const auto sets = [&](const char* state, std::uint64_t count) {
    page.counter("tocsin_push_sets_total", "SETs on push streams, by what was recorded of them.",
                 static_cast<double>(count), {{"state", state}});
  };
  attempts("accepted", push.accepted);
  attempts("accepted_unusually", push.accepted_unusually);
  attempts("blamed_event", push.blamed_event);
  attempts("blamed_stream", push.blamed_stream);
  attempts("blamed_outage", push.blamed_outage);
  attempts("blamed_us", push.blamed_us);
  sets("delivered", push.delivered);
  sets("rejected", push.rejected);
  sets("retried", push.retried);
  sets("withdrawn", push.withdrawn);
  sets("requeued", push.requeued);
  page.counter("tocsin_sign_failures_total", "SETs that could not be signed when they were due.",
               static_cast<double>(push.sign_failures));
  page.counter("tocsin_push_store_failures_total", "Calls to the store that failed.",
               static_cast<double>(push.store_failures));
  page.counter("tocsin_push_streams_paused_total", "Streams paused because they failed too long.",
               static_cast<double>(push.streams_paused));
  page.gauge("tocsin_push_under_way", "Push attempts now.", static_cast<double>(push.under_way));
  page.gauge("tocsin_push_streams_active", "Push streams with pending SETs.",
             static_cast<double>(push.streams_active));
  page.gauge("tocsin_push_streams_failing", "Push streams whose last attempt failed.",
             static_cast<double>(push.streams_failing));
  page.gauge("tocsin_push_oldest_pending_seconds", "Age of the oldest SET that waits for a push.",
             static_cast<double>(push.oldest_pending.count()));
}

void add_store_metrics(MetricsPage& page, const store::sqlite::StoreCounts& counts) {
  const auto sets = [&](const char* state, std::uint64_t count) {
    page.counter("tocsin_sets_total", "SETs that became terminal, by state.",
                 static_cast<double>(count), {{"state", state}});
  };
  sets("delivered", counts.sets.delivered);
  sets("rejected", counts.sets.rejected);
  sets("expired", counts.sets.expired);
  sets("withdrawn", counts.sets.withdrawn);
  page.counter("tocsin_set_retries_total", "SETs that stay pending after an attempt or a setErrs.",
               static_cast<double>(counts.sets.retried));
  page.histogram("tocsin_store_commit_seconds", "Transactions that wrote, until they are on disk.",
                 store::sqlite::CommitTimes::bounds, counts.commits.counts, counts.commits.sum);
  page.counter("tocsin_store_requests_total", "Requests the store has done.",
               static_cast<double>(counts.requests));
  page.counter("tocsin_store_failures_total", "Requests whose transaction was lost.",
               static_cast<double>(counts.failures));
  page.gauge("tocsin_store_requests_waiting", "Requests in line for the store.",
             static_cast<double>(counts.waiting));
}

void add_backlog_metrics(MetricsPage& page, const store::sqlite::Backlog& backlog,
                         store::WallTime now) {
  for (const store::sqlite::StreamGroup& group : backlog.groups) {
    const MetricsPage::Labels labels{{"method", group.polled ? "poll" : "push"},
                                     {"status", std::string(wire_name(group.status))}};
    page.gauge("tocsin_streams", "Streams.", static_cast<double>(group.streams), labels);
    page.gauge("tocsin_pending_sets", "SETs that are owed.", static_cast<double>(group.sets),
               labels);
    page.gauge("tocsin_pending_bytes", "Size of the events of SETs that are owed.",
               static_cast<double>(group.octets), labels);
  }
  for (const store::sqlite::StreamBacklog& stream : backlog.streams) {
    const MetricsPage::Labels labels{{"stream", stream.stream_id}};
    page.gauge("tocsin_stream_pending_sets", "SETs that a stream is owed; the worst streams only.",
               static_cast<double>(stream.sets), labels);
    page.gauge("tocsin_stream_pending_bytes", "Size of their events.",
               static_cast<double>(stream.octets), labels);
    page.gauge("tocsin_stream_oldest_pending_seconds", "Age of the oldest of them.",
               age_in_seconds(stream.oldest, now), labels);
  }
  page.gauge("tocsin_oldest_pending_seconds", "Age of the oldest SET that is owed to anybody.",
             backlog.oldest ? age_in_seconds(*backlog.oldest, now) : 0);
  page.gauge("tocsin_dead_letters", "Rejected SETs that are kept; counted to 100,000.",
             static_cast<double>(backlog.dead_letters));
  page.gauge("tocsin_store_bytes", "Size of the database.",
             static_cast<double>(backlog.database_octets));
}

void add_intake_metrics(MetricsPage& page, const std::string& issuer,
                        const transmitter::EventIntake::Counts& counts) {
  const auto events = [&](const char* outcome, std::uint64_t count) {
    page.counter("tocsin_events_total", "Events handed in, by what became of them.",
                 static_cast<double>(count), {{"issuer", issuer}, {"outcome", outcome}});
  };
  events("accepted", counts.accepted);
  events("repeated", counts.repeated);
  events("refused", counts.refused);
  page.counter("tocsin_events_unavailable_total", "Requests with events answered 503.",
               static_cast<double>(counts.unavailable), {{"issuer", issuer}});
}

}  // namespace tocsin::app
