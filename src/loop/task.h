// The loop that owns every decision, and the coroutine type of the rooms that run on it. An
// awaitable on the loop's own executor: the default (any_io_executor) would cost an allocation and
// a virtual call per resumption.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tocsin::loop {

using Loop = boost::asio::io_context;

template <class T>
using Task = boost::asio::awaitable<T, Loop::executor_type>;

// What an asynchronous operation is given to become awaitable in a Task.
using Use = boost::asio::use_awaitable_t<Loop::executor_type>;

}  // namespace tocsin::loop
