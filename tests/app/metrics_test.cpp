// The numbers as Prometheus reads them.
#include "app/metrics.h"

#include <gmock/gmock.h>

namespace tocsin::app {
namespace {

TEST(Metrics, SamplesOfOneNameShareHelpAndType) {
  const http::Response response = metrics_response({[](MetricsPage& page) {
    page.counter("tocsin_things_total", "Things.", 3, {{"kind", "a\"b\n"}});
    page.gauge("tocsin_depth", "Depth.", 7);
    page.counter("tocsin_things_total", "Things.", 4, {{"kind", "c"}});
  }});
  EXPECT_EQ(response.body,
            "# HELP tocsin_things_total Things.\n"
            "# TYPE tocsin_things_total counter\n"
            "tocsin_things_total{kind=\"a\\\"b\\n\"} 3\n"
            "tocsin_things_total{kind=\"c\"} 4\n"
            "# HELP tocsin_depth Depth.\n"
            "# TYPE tocsin_depth gauge\n"
            "tocsin_depth 7\n");
}

}  // namespace
}  // namespace tocsin::app
