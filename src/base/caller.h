// A caller whose credential was checked: what a guarded route knows of the request's sender.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/tenant_key.h"

namespace tocsin {

struct Caller {
  TenantKey key;
  std::vector<std::string> scopes;  // exact words (SEC-04)

  bool has_scope(std::string_view scope) const noexcept {
    return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  }
};

}  // namespace tocsin
