// The loop's words, and the deadline every operation in this room takes.
#pragma once

#include <chrono>

#include "loop/task.h"

namespace tocsin::http {

using loop::Loop;
using loop::Task;

// When an operation is given up. Monotonic: a wall clock set by hand moves no deadline (REL-21).
using Deadline = std::chrono::steady_clock::time_point;

inline Deadline after(std::chrono::nanoseconds span) {
  return std::chrono::steady_clock::now() + span;
}

}  // namespace tocsin::http
