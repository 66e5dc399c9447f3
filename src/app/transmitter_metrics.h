// The transmitter's numbers on the page that Prometheus reads. What each means for an operator is
// in docs/metrics.md.
#pragma once

#include <string>

#include "app/metrics.h"
#include "store/sqlite/backlog.h"
#include "store/sqlite/store_counts.h"
#include "transmitter/event_intake.h"
#include "transmitter/push_counts.h"

namespace tocsin::app {

inline constexpr std::size_t measured_streams_max =
    50;  // with most SETs, and as many with the oldest

void add_push_metrics(MetricsPage& page, const transmitter::PushCounts& counts);
void add_store_metrics(MetricsPage& page, const store::sqlite::StoreCounts& counts);

// By stream for at most twice measured_streams_max of them: a label for each of a million would be
// a burden to whoever keeps the numbers (SEC-59).
void add_backlog_metrics(MetricsPage& page, const store::sqlite::Backlog& backlog,
                         store::WallTime now);

void add_intake_metrics(MetricsPage& page, const std::string& issuer,
                        const transmitter::EventIntake::Counts& counts);

}  // namespace tocsin::app
