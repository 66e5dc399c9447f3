// When the keys of an issuer are good, when they are old, and when a SET is a reason to ask for new
// ones (KY-23 to KY-29, SEC-28). Pure: every time comes in, and is monotonic.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tocsin::issuer {

using Instant = std::chrono::nanoseconds;  // Clock::monotonic()

inline constexpr std::chrono::minutes jwks_lifetime_min{5};
inline constexpr std::chrono::hours jwks_lifetime_max{24};
inline constexpr std::chrono::hours jwks_lifetime_default{1};
inline constexpr std::chrono::hours jwks_stale_max{24};         // beyond the lifetime (KY-27)
inline constexpr std::chrono::seconds jwks_refetch_pause{60};   // for unknown kids, per issuer
inline constexpr std::chrono::seconds jwks_failure_pause{10};   // after a fetch that failed
inline constexpr std::chrono::minutes jwks_signature_doubt{5};  // age that excuses a refetch

// How long a key set may be used, from the Cache-Control of its response: max-age clamped to
// between 5 minutes and 24 hours, an hour without one, 5 minutes under no-store or no-cache
// (KY-23).
std::chrono::seconds jwks_lifetime(std::string_view cache_control);

// What is remembered of the fetches for one issuer. Every time is that of the fetch's beginning: an
// answer says nothing about what came after it was asked for.
struct JwksTimes {
  std::optional<Instant> fetched;   // the newest that brought usable keys
  std::chrono::seconds lifetime{};  // of those keys
  std::optional<Instant> tried;     // the newest
  std::optional<Instant> doubted;   // the newest on behalf of a kid or signature nobody knew
};

// What to do about the keys for a SET.
enum class KeyStep : std::uint8_t {
  use,    // go on with the keys there are
  fetch,  // ask for new ones, then judge again
  wait,   // we cannot tell now: 503
};

struct KeyVerdict {
  KeyStep step = KeyStep::use;
  std::chrono::seconds retry_after{1};  // where the step is to wait
};

// Before a SET is verified that arrived at `arrived`. Keys past their lifetime are used only if a
// fetch for newer ones failed.
KeyVerdict judge_keys(const JwksTimes& times, Instant arrived, Instant now);

// After the keys did not know the SET's kid. `use`: they were fetched after it arrived, so it has
// no key (invalid_key); no older answer decides that.
KeyVerdict judge_unknown_kid(const JwksTimes& times, Instant arrived, Instant now);

// After a signature failed with the key of its kid. `use`: the verdict stands. A fetch only for
// keys old enough that the issuer may have used the kid again (KY-26).
KeyVerdict judge_bad_signature(const JwksTimes& times, Instant arrived, Instant now);

// When keys should be fetched without a SET asking for them: at 80 % of their lifetime, or when the
// pause after a failure is over.
Instant next_refresh(const JwksTimes& times);

}  // namespace tocsin::issuer
