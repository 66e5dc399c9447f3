// Claims of any shape: a linter never crashes, and what it lets pass reads back as it was written.
#include <cstdlib>

#include "set/claims.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  lint_set(text, {});

  SetPolicy policy;
  policy.events_max = 8;
  const ClaimsContext context{.policy = policy,
                              .now = std::chrono::sys_seconds(std::chrono::seconds(2'000'000'000)),
                              .compares_issuer = false,
                              .compares_audience = false};
  Result<Json> json = parse_json(text, claims_limits);
  if (!json) return 0;
  Findings findings;
  SecurityEventToken claims;
  const bool whole = read_claims(std::move(json).value(), context, claims, findings);
  if (first_refusal(findings, policy.strictness, Direction::received) != nullptr) return 0;
  if (!whole) std::abort();

  const Json written = to_json(claims);
  findings.clear();
  SecurityEventToken again;
  if (!read_claims(written, context, again, findings)) std::abort();
  if (!(to_json(again) == written)) std::abort();
  return 0;
}
