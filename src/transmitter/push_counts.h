// What the push engine counts, for metrics (REL-27). Nothing here names a stream or a subject.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tocsin::transmitter {

struct PushCounts {
  // Attempts by what came of them. They add up to all that ended.
  std::uint64_t accepted = 0;
  std::uint64_t accepted_unusually = 0;  // a success other than 202
  std::uint64_t blamed_event = 0;
  std::uint64_t blamed_stream = 0;
  std::uint64_t blamed_outage = 0;
  std::uint64_t blamed_us = 0;

  // SETs by what was recorded of them.
  std::uint64_t delivered = 0;
  std::uint64_t rejected = 0;
  std::uint64_t retried = 0;
  std::uint64_t withdrawn = 0;
  std::uint64_t requeued = 0;

  std::uint64_t sign_failures = 0;
  std::uint64_t store_failures = 0;
  std::uint64_t streams_paused = 0;  // because they failed for too long

  // Now.
  std::size_t under_way = 0;
  std::size_t streams_active = 0;
  std::size_t streams_failing = 0;
  std::chrono::seconds oldest_pending{};  // the age of the oldest SET that waits
};

}  // namespace tocsin::transmitter
