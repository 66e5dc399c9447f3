// Threads for what burns CPU or blocks, so that the loop never does: signing, storage.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "loop/task.h"
#include "tocsin/result.h"

namespace tocsin::loop {

class Workers {
 public:
  virtual ~Workers() = default;

  // Takes `job` for a thread of its own, or returns false because too many wait already. A job
  // does not throw.
  virtual bool submit(std::function<void()> job) = 0;
};

// Ends its threads when destroyed, and drops what still waits. Must not outlive the loop its jobs
// came from.
class ThreadWorkers final : public Workers {
 public:
  struct Config {
    unsigned threads = 0;             // 0: one per core
    std::size_t waiting_max = 10000;  // jobs
  };
  explicit ThreadWorkers(const Config& config);
  ~ThreadWorkers() override;

  bool submit(std::function<void()> job) override;

 private:
  void work();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

// Runs `job`, which returns a Result, on one of the workers and resumes on the loop with what it
// returned; with `overloaded` if no worker takes it.
template <class Job>
Task<std::invoke_result_t<Job&>> off_loop(Workers& workers, Job job) {
  using Answer = std::invoke_result_t<Job&>;
  auto initiate = [&workers](auto handler, Job work) {
    // std::function copies, a handler only moves.
    struct Errand {
      Errand(decltype(handler) done, Job what)
          : handler(std::move(done)),
            guard(boost::asio::get_associated_executor(handler)),
            job(std::move(what)) {}
      static void finish(std::shared_ptr<Errand> self, Answer answer) {
        const auto executor = self->guard.get_executor();
        boost::asio::post(executor, [self, answer = std::move(answer)]() mutable {
          self->guard.reset();
          std::move(self->handler)(std::move(answer));
        });
      }
      decltype(handler) handler;
      boost::asio::executor_work_guard<Loop::executor_type> guard;  // keeps the loop running
      Job job;
    };
    auto errand = std::make_shared<Errand>(std::move(handler), std::move(work));
    if (!workers.submit([errand] { Errand::finish(errand, errand->job()); })) {
      Errand::finish(errand, Answer(Errc::overloaded));
    }
  };
  Use token;
  co_return co_await boost::asio::async_initiate<Use, void(Answer)>(std::move(initiate), token,
                                                                    std::move(job));
}

}  // namespace tocsin::loop
