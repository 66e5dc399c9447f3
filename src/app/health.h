// What the operator's listener answers: whether we live, whether we are ready, and our numbers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/metrics.h"
#include "http/router.h"

namespace tocsin::app {

// Nothing: ready. Else what is missing, in words for the operator.
using Readiness = std::function<http::Task<Result<void>>()>;

// GET /livez and GET /readyz, open to all: they tell nothing but yes or no. GET /metrics for the
// holder of `token`; without a token there is no such route (SEC-07). `readiness` and `sources`
// must outlive the server.
std::vector<http::Route> admin_routes(const Readiness& readiness,
                                      const std::vector<MetricsSource>& sources,
                                      const std::string& token);

// config_invalid: too short to withstand guessing.
Result<void> judge_admin_token(const std::string& token);

}  // namespace tocsin::app
