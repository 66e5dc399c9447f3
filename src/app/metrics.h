// The text that Prometheus reads, written anew for every request from numbers that their owners
// keep anyway: nothing is counted twice, and no label names a subject (SEC-59).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/message.h"

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

  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Adds samples to a page.
using MetricsSource = std::function<void(MetricsPage&)>;

http::Response metrics_response(const std::vector<MetricsSource>& sources);

}  // namespace tocsin::app
