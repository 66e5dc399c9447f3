// An inbox that forgets when the process ends: for the demo, for tests and for the simulator.
#pragma once

#include <cstddef>
#include <deque>
#include <set>
#include <utility>

#include "store/inbox.h"

namespace tocsin::store {

// For the loop's thread. Full, it refuses with store_unavailable: what it took it keeps.
class MemoryInbox final : public Inbox {
 public:
  explicit MemoryInbox(std::size_t entries_max = 100'000) : entries_max_(entries_max) {}

  Task<Result<Admission>> admit(InboxEntry entry) override;
  Task<Result<bool>> has(std::string iss, std::string jti) override;
  Task<Result<std::vector<InboxRow>>> behind(std::int64_t place, std::size_t count_max) override;
  Task<Result<std::size_t>> erase(std::chrono::sys_time<std::chrono::milliseconds> before,
                                  std::int64_t place, std::size_t count_max) override;

  // In the order of admission.
  const std::deque<InboxEntry>& entries() const noexcept { return entries_; }

 private:
  const std::size_t entries_max_;
  std::deque<InboxEntry> entries_;
  std::int64_t erased_ = 0;  // the first of `entries_` stands at erased_ + 1
  std::set<std::pair<std::string, std::string>> seen_;
};

}  // namespace tocsin::store
