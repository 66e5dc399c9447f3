// A bound on how many do something at once: the others wait in line, in the order they came, and
// the line has a bound, too.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <utility>

#include "http/task.h"
#include "tocsin/result.h"

namespace tocsin::http {

// For one thread, the loop's.
class Gate : public std::enable_shared_from_this<Gate> {
 public:
  struct Limits {
    std::size_t inside_max;
    std::size_t waiting_max;
  };

  // The right to be inside; gives it to the first in line when it ends.
  class Pass {
   public:
    Pass(Pass&& other) noexcept = default;
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    ~Pass() {
      if (gate_) gate_->leave();
    }

   private:
    friend class Gate;
    explicit Pass(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
    std::shared_ptr<Gate> gate_;
  };

  Gate(Loop& loop, Limits limits) : loop_(loop), limits_(limits) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Errors: overloaded when the line is full, net_timeout when the turn comes after the deadline or
  // not at all; a turn that comes too late goes to the next in line.
  static Task<Result<Pass>> enter(std::shared_ptr<Gate> gate, Deadline deadline);

  std::size_t inside() const noexcept { return inside_; }
  std::size_t waiting() const noexcept { return line_.size(); }

 private:
  struct Waiter;
  void leave();

  Loop& loop_;
  const Limits limits_;
  std::size_t inside_ = 0;
  std::list<Waiter*> line_;
};

}  // namespace tocsin::http
