// The operator's own credential: one bearer token that stands in the configuration's [admin] and is
// good nowhere else, as no other token is good here (SEC-07).
#pragma once

#include <string>

#include "base/clock.h"
#include "http/router.h"

namespace tocsin::admin {

inline constexpr std::size_t token_min = 32;  // octets

// The policy of the operator's routes. Failures are counted per peer and held back beyond a limit
// (SEC-08). `clock` must outlive the server. For the loop's thread.
http::Access admin_access(const std::string& token, const Clock& clock);

}  // namespace tocsin::admin
