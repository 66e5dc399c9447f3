// What monitoring asks the admin listener: whether we live, whether we are ready, and our numbers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/metrics.h"
#include "http/router.h"

namespace tocsin::app {

// Nothing: ready. Else what is missing, in words for the operator.
using Readiness = std::function<http::Task<Result<void>>()>;

// GET /livez and GET /readyz, open to all: they tell nothing but yes or no. `readiness` must
// outlive the server.
std::vector<http::Route> health_routes(const Readiness& readiness);

// GET /metrics. `sources` must outlive the server.
http::Route metrics_route(const std::vector<MetricsSource>& sources, const http::Access& access);

// config_invalid: too short to withstand guessing.
Result<void> judge_admin_token(const std::string& token);

}  // namespace tocsin::app
