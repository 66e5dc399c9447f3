// Coroutines that wait for something another coroutine does.
#pragma once

#include <functional>
#include <vector>

#include "loop/task.h"

namespace tocsin::loop {

// Resumes the coroutine it was made for, at the loop's next turn. Called at most once; dropped
// uncalled, it ends that coroutine at that turn, so it must not outlive the loop.
using Resume = std::function<void()>;

// Suspends the caller until somebody calls what `keep` was given.
Task<void> suspend(std::function<void(Resume)> keep);

// Lets everybody who waits go on together. For the loop's thread.
class Gate {
 public:
  Task<void> wait();
  void open();  // for those who wait now; who comes later waits for the next time

 private:
  std::vector<Resume> waiting_;
};

}  // namespace tocsin::loop
