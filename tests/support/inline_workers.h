// Workers that have no thread: a job is done at once by whoever submits it.
#pragma once

#include <functional>

#include "loop/workers.h"

namespace tocsin::test {

class InlineWorkers final : public loop::Workers {
 public:
  bool submit(std::function<void()> job) override {
    job();
    return true;
  }
};

}  // namespace tocsin::test
