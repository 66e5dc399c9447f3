// The numbers as Prometheus reads them.
#include "app/metrics.h"

#include <gmock/gmock.h>

#include <array>

#include "app/transmitter_metrics.h"
#include "support/run.h"

namespace tocsin::app {
namespace {

using testing::HasSubstr;

http::Task<void> add_things(MetricsPage& page) {
  page.counter("tocsin_things_total", "Things.", 3, {{"kind", "a\"b\n"}});
  page.gauge("tocsin_depth", "Depth.", 7);
  page.counter("tocsin_things_total", "Things.", 4, {{"kind", "c"}});
  co_return;
}

TEST(Metrics, SamplesOfOneNameShareHelpAndType) {
  loop::Loop loop;
  const std::vector<MetricsSource> sources{add_things};
  const http::Response response = test::run(loop, metrics_response(sources));
  EXPECT_EQ(response.body,
            "# HELP tocsin_things_total Things.\n"
            "# TYPE tocsin_things_total counter\n"
            "tocsin_things_total{kind=\"a\\\"b\\n\"} 3\n"
            "tocsin_things_total{kind=\"c\"} 4\n"
            "# HELP tocsin_depth Depth.\n"
            "# TYPE tocsin_depth gauge\n"
            "tocsin_depth 7\n");
}

TEST(Metrics, BucketsOfAHistogramAddUp) {
  MetricsPage page;
  page.histogram("tocsin_wait_seconds", "Waits.", std::array{0.5, 1.0},
                 std::array<std::uint64_t, 3>{2, 0, 1}, 4.5);
  EXPECT_EQ(page.text(),
            "# HELP tocsin_wait_seconds Waits.\n"
            "# TYPE tocsin_wait_seconds histogram\n"
            "tocsin_wait_seconds_count 3\n"
            "tocsin_wait_seconds_sum 4.5\n"
            "tocsin_wait_seconds_bucket{le=\"0.5\"} 2\n"
            "tocsin_wait_seconds_bucket{le=\"1\"} 2\n"
            "tocsin_wait_seconds_bucket{le=\"+Inf\"} 3\n");
}

TEST(Metrics, CommitTimesFallIntoTheirBucket) {
  store::sqlite::CommitTimes times;
  times.add(std::chrono::microseconds(500));
  times.add(std::chrono::milliseconds(3));
  times.add(std::chrono::seconds(7));
  EXPECT_EQ(times.counts.front(), 1U);
  EXPECT_EQ(times.counts[3], 1U);
  EXPECT_EQ(times.counts.back(), 1U);
  EXPECT_DOUBLE_EQ(times.sum, 7.0035);
}

TEST(Metrics, REL_27_ABacklogIsShownByStreamWithItsAge) {
  const store::WallTime now(std::chrono::seconds(1'800'000'060));
  store::sqlite::Backlog backlog;
  backlog.streams = {
      {.stream_id = "s1", .sets = 3, .octets = 900, .oldest = now - std::chrono::seconds(60)}};
  backlog.groups = {{.polled = true, .status = StreamStatus::paused, .streams = 2, .sets = 3}};
  backlog.oldest = now + std::chrono::seconds(5);  // the wall clock was set back
  MetricsPage page;
  add_backlog_metrics(page, backlog, now);
  const std::string text = page.text();
  EXPECT_THAT(text, HasSubstr("tocsin_stream_oldest_pending_seconds{stream=\"s1\"} 60\n"));
  EXPECT_THAT(text, HasSubstr("tocsin_stream_pending_sets{stream=\"s1\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("tocsin_streams{method=\"poll\",status=\"paused\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("tocsin_oldest_pending_seconds 0\n"));
}

}  // namespace
}  // namespace tocsin::app
