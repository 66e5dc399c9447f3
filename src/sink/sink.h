// One destination of SETs, as the frame around it sees it.
#pragma once

#include <vector>

#include "loop/task.h"
#include "sink/sink_event.h"

namespace tocsin::sink {

using loop::Task;

class Sink {
 public:
  virtual ~Sink() = default;

  // Hands over what it can of `events`, which are in their order; what became of each. Success: it
  // is where it belongs, and stays there whatever happens to us. An error of kind unavailable: the
  // destination cannot take anything now. Any other error: it does not want this event. An event
  // behind one about the same subject that failed is not tried: overloaded.
  virtual Task<std::vector<Result<void>>> take(const std::vector<const SinkEvent*>& events) = 0;
};

}  // namespace tocsin::sink
