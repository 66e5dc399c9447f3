// The text that Prometheus reads, written anew for every request from numbers that their owners
// keep anyway: nothing is counted twice, and no label names a subject (SEC-59).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "http/message.h"
#include "http/task.h"

namespace tocsin::app {

// One answer while it is written. Samples of one name share help and type.
class MetricsPage {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  MetricsPage();
  ~MetricsPage();

  void counter(const std::string& name, const std::string& help, double value,
               const Labels& labels = {});
  void gauge(const std::string& name, const std::string& help, double value,
             const Labels& labels = {});

  // `counts` has one more than `bounds`: what each bound holds beyond the one before, and the rest.
  void histogram(const std::string& name, const std::string& help, std::span<const double> bounds,
                 std::span<const std::uint64_t> counts, double sum);

  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Adds samples to a page; may ask others for them. The page outlives the task.
using MetricsSource = std::function<http::Task<void>(MetricsPage& page)>;

// `sources` outlives the task.
http::Task<http::Response> metrics_response(const std::vector<MetricsSource>& sources);

}  // namespace tocsin::app
