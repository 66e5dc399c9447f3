// Runs one coroutine on a loop to its end and returns what it returned.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <stdexcept>

#include "loop/task.h"

namespace tocsin::test {

inline void run(loop::Loop& loop, loop::Task<void> task) {
  bool done = false;
  std::exception_ptr thrown;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) {
    thrown = error;
    done = true;
  });
  loop.restart();
  while (!done && loop.run_one() > 0) {
  }
  if (thrown) std::rethrow_exception(thrown);
  if (!done) throw std::logic_error("the loop ran out of work before the task was done");
}

template <class T>
loop::Task<void> keep(loop::Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

template <class T>
T run(loop::Loop& loop, loop::Task<T> task) {
  std::optional<T> result;
  run(loop, keep(std::move(task), result));
  return std::move(*result);
}

}  // namespace tocsin::test
