#include "oauth/used_assertions.h"

namespace tocsin::oauth {

Task<Result<bool>> MemoryAssertions::use(std::string client_id, std::string jti,
                                         std::chrono::sys_seconds exp) {
  while (!by_exp_.empty() && by_exp_.begin()->first <= clock_.wall_seconds()) {
    used_.erase(by_exp_.begin()->second);
    by_exp_.erase(by_exp_.begin());
  }
  // A client_id has no control character, so no two pairs read alike.
  const Sha256 name = sha256(client_id + '\0' + jti);
  if (used_.contains(name)) co_return false;
  if (used_.size() >= remembered_max_) co_return Error(Errc::overloaded, "used assertions");
  used_.insert(name);
  by_exp_.emplace(exp, name);
  co_return true;
}

}  // namespace tocsin::oauth
