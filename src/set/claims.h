// Reads the claims of a SET and judges them, in the order of set.md section 8 (steps 10 to 19). The
// rules are written once, on typed claims; the reader adds presence and JSON types.
#pragma once

#include <chrono>
#include <optional>

#include "tocsin/security_event_token.h"

namespace tocsin {

struct ClaimsContext {
  const SetPolicy& policy;
  std::optional<std::chrono::sys_seconds> now;  // absent: no comparison with a clock
  Direction direction = Direction::received;
  // Verification compares always, so that an empty policy accepts nothing; a linter only what its
  // user named.
  bool compares_issuer = true;
  bool compares_audience = true;
};

// Appends every finding in the order of the checks, so the first refusing one is the answer. False
// if no whole `out` could be made; then one of the findings is of Level::must.
bool read_claims(Json claims, const ClaimsContext& context, SecurityEventToken& out,
                 Findings& findings);

// The same rules for claims an application built: what read_claims() would find in to_json(claims).
void judge_claims(const SecurityEventToken& claims, const ClaimsContext& context,
                  Findings& findings);

// Limits of single claims, in octets (trust.md section 1).
inline constexpr std::size_t jti_max = 256;
inline constexpr std::size_t txn_max = 256;

// Limits on the text of a claims set.
inline constexpr JsonLimits claims_limits{
    .text_max = 256 * 1024, .depth_max = 32, .members_max = 1000, .string_max = 256 * 1024};

}  // namespace tocsin
