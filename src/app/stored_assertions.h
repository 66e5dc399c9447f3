// Which client assertions were used, in the store: each is good once, also across a restart
// (SEC-63).
#pragma once

#include <string>

#include "oauth/used_assertions.h"
#include "store/one_time_names.h"

namespace tocsin::app {

class StoredAssertions final : public oauth::UsedAssertions {
 public:
  // `names` must outlive it.
  explicit StoredAssertions(store::OneTimeNames& names) : names_(names) {}

  http::Task<Result<bool>> use(std::string client_id, std::string jti,
                               std::chrono::sys_seconds exp) override;

 private:
  store::OneTimeNames& names_;
};

}  // namespace tocsin::app
