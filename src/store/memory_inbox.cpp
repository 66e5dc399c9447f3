#include "store/memory_inbox.h"

#include <algorithm>

namespace tocsin::store {

Task<Result<Admission>> MemoryInbox::admit(InboxEntry entry) {
  const auto key = std::pair(entry.iss, entry.jti);
  if (seen_.contains(key)) co_return Admission::repeated;
  if (entries_.size() >= entries_max_) co_return Error(Errc::store_unavailable, "inbox is full");
  seen_.insert(key);
  entries_.push_back(std::move(entry));
  co_return Admission::accepted;
}

Task<Result<bool>> MemoryInbox::has(std::string iss, std::string jti) {
  co_return seen_.contains(std::pair(std::move(iss), std::move(jti)));
}

Task<Result<std::vector<InboxRow>>> MemoryInbox::behind(std::int64_t place, std::size_t count_max) {
  std::vector<InboxRow> rows;
  std::size_t octets = 0;
  for (std::int64_t at = std::max(place, erased_); rows.size() < count_max; ++at) {
    const auto index = static_cast<std::size_t>(at - erased_);
    if (index >= entries_.size() || octets >= read_octets_max) break;
    rows.push_back({at + 1, entries_[index]});
    octets += entries_[index].compact.size();
  }
  co_return rows;
}

Task<Result<std::size_t>> MemoryInbox::erase(
    std::chrono::sys_time<std::chrono::milliseconds> before, std::int64_t place,
    std::size_t count_max) {
  std::size_t count = 0;
  while (count < count_max && erased_ < place && !entries_.empty() &&
         entries_.front().received_at < before) {
    entries_.pop_front();
    ++erased_;
    ++count;
  }
  co_return count;
}

}  // namespace tocsin::store
