// How many pushes are under way at once over all streams, and how many of them may go to streams
// that fail: dead receivers share a small part, so they slow nobody else down (REL-10).
#pragma once

#include <cstddef>

#include "base/assert.h"

namespace tocsin::transmitter {

class AttemptBudget {
 public:
  enum class Kind : bool { regular, probe };

  explicit AttemptBudget(std::size_t attempts_max)
      : attempts_max_(attempts_max), probes_max_(attempts_max < 4 ? 1 : attempts_max / 4) {}

  bool has_room(Kind kind) const noexcept {
    return under_way_ < attempts_max_ && (kind == Kind::regular || probes_ < probes_max_);
  }
  void take(Kind kind) noexcept {
    ++under_way_;
    if (kind == Kind::probe) ++probes_;
  }
  void give_back(Kind kind) noexcept {
    TOCSIN_ASSERT(under_way_ > 0);
    --under_way_;
    if (kind == Kind::probe) --probes_;
  }

  std::size_t under_way() const noexcept { return under_way_; }

 private:
  std::size_t attempts_max_;
  std::size_t probes_max_;
  std::size_t under_way_ = 0;
  std::size_t probes_ = 0;
};

}  // namespace tocsin::transmitter
