// Starts one coroutine among others; its result appears when it has ended.
#pragma once

#include <boost/asio/detached.hpp>

#include "support/run.h"

namespace tocsin::test {

template <class T>
void start(loop::Loop& loop, loop::Task<T> task, std::optional<T>& result) {
  boost::asio::co_spawn(loop, keep(std::move(task), result), boost::asio::detached);
}

}  // namespace tocsin::test
