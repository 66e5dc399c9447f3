// The first journey as the simulator runs it: the real rooms of a transmitter and a receiver, a
// network that misbehaves, and events of every kind of fate in between.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sim/network.h"
#include "sim/trace.h"

namespace tocsin::sim {

struct JourneyPlan {
  std::uint64_t seed = 1;
  std::size_t events = 20;    // at random times within `span`
  std::size_t forgeries = 5;  // tampered copies of SETs on their way, pushed in between
  bool rotates = true;        // the transmitter changes its key, without notice, midway
  std::chrono::minutes span{90};
  Faults faults{};  // until the last event was published; none afterwards
};

struct JourneyLedger {
  Trace trace;
  bool finished = false;                  // everybody came to an end
  std::vector<std::string> published;     // jti of every SET, in order of its publication
  std::set<std::string> delivered;        // jti of those the transmitter knows to be delivered
  std::vector<std::string> kept;          // jti of every inbox entry
  std::vector<std::string> heard;         // jti of every SET the application was told of
  std::vector<unsigned> forgery_answers;  // the status each forgery got, where it got one
};

JourneyLedger run_journey(const JourneyPlan& plan);

}  // namespace tocsin::sim
