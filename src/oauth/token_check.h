// The port behind every guarded route: whose access token is this?
#pragma once

#include <string_view>

#include "base/caller.h"
#include "http/task.h"
#include "tocsin/result.h"

namespace tocsin::oauth {

using http::Task;

// For the loop's thread.
class TokenCheck {
 public:
  virtual ~TokenCheck() = default;

  // `token` is a b64token (RFC 6750 2.1) and outlives the task. Errors: token_invalid, or one of
  // kind unavailable when nobody can tell now.
  virtual Task<Result<Caller>> check(std::string_view token) = 0;
};

}  // namespace tocsin::oauth
