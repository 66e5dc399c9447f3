// Which client assertions were used: each is good once (SEC-63). A port, because the promise holds
// across restarts and nodes only if a store keeps it.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

#include "base/clock.h"
#include "http/task.h"
#include "jose/digest.h"
#include "tocsin/result.h"

namespace tocsin::oauth {

using http::Task;

class UsedAssertions {
 public:
  virtual ~UsedAssertions() = default;

  // True the first time; false for an assertion that was used. May be forgotten after `exp`, when
  // the assertion is no good any more. Errors: only of kind unavailable.
  virtual Task<Result<bool>> use(std::string client_id, std::string jti,
                                 std::chrono::sys_seconds exp) = 0;
};

// What one process remembers: for tests, and where no request is answered. For the loop's thread.
class MemoryAssertions final : public UsedAssertions {
 public:
  explicit MemoryAssertions(const Clock& clock, std::size_t remembered_max = 100'000)
      : clock_(clock), remembered_max_(remembered_max) {}

  // `overloaded` while it can remember no more: what cannot be remembered is not accepted.
  Task<Result<bool>> use(std::string client_id, std::string jti,
                         std::chrono::sys_seconds exp) override;

 private:
  const Clock& clock_;
  const std::size_t remembered_max_;
  std::set<Sha256> used_;
  std::multimap<std::chrono::sys_seconds, Sha256> by_exp_;
};

}  // namespace tocsin::oauth
