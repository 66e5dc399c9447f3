// Names that may be used once, such as the jti of a client's assertion (SEC-63): the port behind
// which they are remembered, across restarts.
#pragma once

#include <chrono>
#include <string>

#include "loop/task.h"
#include "tocsin/result.h"

namespace tocsin::store {

using loop::Task;

class OneTimeNames {
 public:
  virtual ~OneTimeNames() = default;

  // True the first time, and durable before the answer; false for a name that was used. It may be
  // forgotten an hour after `until`, when nobody takes it any more whatever the clocks do (REL-21).
  // Errors: store_unavailable, store_full; overloaded: too many are remembered. Then the name was
  // not used, or nobody knows.
  virtual Task<Result<bool>> use_once(std::string name, std::chrono::sys_seconds until) = 0;
};

}  // namespace tocsin::store
