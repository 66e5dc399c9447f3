// What monitoring asks the admin listener: whether we live, whether we are ready, and our numbers.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/metrics.h"
#include "base/clock.h"
#include "http/router.h"

namespace tocsin::app {

// Nothing: ready. Else what is missing.
using Readiness = std::function<http::Task<Result<void>>()>;

// Readiness that costs something, asked at most once a second however often it is asked for: a
// storm of probes is one write. Who waits for its answer for too long is not ready either. For the
// loop's thread.
class ReadinessProbe {
 public:
  // `changed` hears the first answer if it is no, and every one that differs from the one before.
  // `clock` outlives this.
  ReadinessProbe(Readiness ask, const Clock& clock,
                 std::function<void(const Result<void>&)> changed)
      : ask_(std::move(ask)), clock_(clock), changed_(std::move(changed)) {}

  http::Task<Result<void>> answer();

 private:
  const Readiness ask_;
  const Clock& clock_;
  const std::function<void(const Result<void>&)> changed_;
  Result<void> last_;
  std::optional<std::chrono::nanoseconds> asked_at_;
  bool is_asking_ = false;
};

// GET /livez and GET /readyz, open to all: they tell yes, or no with the public text of the reason.
// `readiness` must outlive the server.
std::vector<http::Route> health_routes(const Readiness& readiness);

// GET /metrics. `sources` must outlive the server.
http::Route metrics_route(const std::vector<MetricsSource>& sources, const http::Access& access);

// config_invalid: too short to withstand guessing.
Result<void> judge_admin_token(const std::string& token);

}  // namespace tocsin::app
