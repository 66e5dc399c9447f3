// The only file that knows prometheus-cpp: its families and its serializer, not its server.
#include "app/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

namespace tocsin::app {

struct MetricsPage::State {
  std::vector<prometheus::MetricFamily> families;

  prometheus::ClientMetric& sample(const std::string& name, const std::string& help,
                                   prometheus::MetricType type, const Labels& labels) {
    auto family = std::find_if(families.begin(), families.end(),
                               [&](const auto& each) { return each.name == name; });
    if (family == families.end()) {
      families.push_back({name, help, type, {}});
      family = families.end() - 1;
    }
    prometheus::ClientMetric& metric = family->metric.emplace_back();
    for (const auto& [label, value] : labels) metric.label.push_back({label, value});
    return metric;
  }
};

MetricsPage::MetricsPage() : state_(std::make_unique<State>()) {}
MetricsPage::~MetricsPage() = default;

void MetricsPage::counter(const std::string& name, const std::string& help, double value,
                          const Labels& labels) {
  state_->sample(name, help, prometheus::MetricType::Counter, labels).counter.value = value;
}

void MetricsPage::gauge(const std::string& name, const std::string& help, double value,
                        const Labels& labels) {
  state_->sample(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
}

void MetricsPage::histogram(const std::string& name, const std::string& help,
                            std::span<const double> bounds, std::span<const std::uint64_t> counts,
                            double sum) {
  prometheus::ClientMetric::Histogram& histogram =
      state_->sample(name, help, prometheus::MetricType::Histogram, {}).histogram;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    histogram.sample_count += counts[i];
    const double bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = sum;
}

std::string MetricsPage::text() const {
  return prometheus::TextSerializer().Serialize(state_->families);
}

http::Task<http::Response> metrics_response(const std::vector<MetricsSource>& sources) {
  MetricsPage page;
  for (const MetricsSource& source : sources) co_await source(page);
  http::Response response;
  response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = page.text();
  co_return response;
}

}  // namespace tocsin::app
