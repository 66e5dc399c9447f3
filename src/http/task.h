// The coroutine type of the outer rooms: an awaitable on the loop's own executor. The default
// (any_io_executor) would cost an allocation and a virtual call per resumption.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>

namespace tocsin::http {

using Loop = boost::asio::io_context;

template <class T>
using Task = boost::asio::awaitable<T, Loop::executor_type>;

// When an operation is given up. Monotonic: a wall clock set by hand moves no deadline (REL-21).
using Deadline = std::chrono::steady_clock::time_point;

inline Deadline after(std::chrono::nanoseconds span) {
  return std::chrono::steady_clock::now() + span;
}

}  // namespace tocsin::http
