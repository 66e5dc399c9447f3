#include "loop/gate.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

namespace tocsin::loop {

Task<void> suspend(std::function<void(Resume)> keep) {
  auto initiate = [](auto handler, std::function<void(Resume)> keep_it) {
    // std::function copies, a handler only moves.
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    keep_it([kept] {
      const auto executor = boost::asio::get_associated_executor(*kept);
      boost::asio::post(executor, [kept] { std::move (*kept)(); });
    });
  };
  Use token;
  co_await boost::asio::async_initiate<Use, void()>(std::move(initiate), token, std::move(keep));
}

Task<void> Gate::wait() {
  std::function<void(Resume)> keep = [this](Resume resume) {
    waiting_.push_back(std::move(resume));
  };
  co_await suspend(std::move(keep));
}

void Gate::open() {
  const std::vector<Resume> waiting = std::exchange(waiting_, {});
  for (const Resume& resume : waiting) resume();
}

}  // namespace tocsin::loop
