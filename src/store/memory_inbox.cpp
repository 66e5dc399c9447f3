#include "store/memory_inbox.h"

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

}  // namespace tocsin::store
