// What happens to streams when nobody asks: one that is silent beyond its inactivity_timeout is
// paused, and says so; an announced status takes effect at its deadline (SSF 1.0 8.1.1, 8.1.5); a
// subject's removal does so before its grace ends (9.3, REL-12).
#pragma once

#include <chrono>
#include <cstddef>

#include "base/clock.h"
#include "base/random.h"
#include "loop/timers.h"
#include "store/streams.h"
#include "store/subjects.h"

namespace tocsin::transmitter {

using loop::Task;

// For the loop's thread.
class Housekeeping {
 public:
  // All of it must outlive the housekeeping.
  struct Parts {
    store::Streams& streams;
    store::Subjects& subjects;
    loop::Timers& timers;
    const Clock& clock;
    Random& random;
  };
  explicit Housekeeping(Parts parts) : parts_(parts) {}

  // Changes the streams that are overdue now, and ends the graces that end before the next sweep;
  // returns how many that were. A stream that changed meanwhile is left alone. Errors: those of the
  // store.
  Task<Result<std::size_t>> sweep();

  // Sweeps every second until stop(). A store that fails is asked again the next time.
  Task<void> run();
  void stop() noexcept { stopping_ = true; }

 private:
  Task<Result<std::size_t>> sweep_streams();

  Parts parts_;
  bool stopping_ = false;
};

}  // namespace tocsin::transmitter
