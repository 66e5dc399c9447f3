#include "issuer/jwks_cache.h"

#include <utility>

#include "base/try.h"

namespace tocsin::issuer {
namespace {

constexpr std::chrono::hours metadata_lifetime{24};

}  // namespace

Task<void> JwksCache::fetch(Cause cause) {
  if (fetching_) {
    co_await fetched_.wait();
    co_return;
  }
  fetching_ = true;
  const Instant begun = clock_.monotonic();
  times_.tried = begun;
  if (cause == Cause::doubt) times_.doubted = begun;
  Result<void> done = co_await try_fetch(begun);
  trouble_ = done ? std::nullopt : std::optional(std::move(done).error());
  fetching_ = false;
  fetched_.open();
}

Task<Result<void>> JwksCache::try_fetch(Instant begun) {
  Result<Url> place = co_await find_keys(begun);
  if (!place) co_return std::move(place).error();
  Result<JwksFetched> answer = co_await fetch_jwks(client_, std::move(*place), etag_, trust_);
  if (!answer) {
    discovered_.reset();  // the keys may have moved: ask for the metadata again next time
    co_return std::move(answer).error();
  }
  co_return adopt(std::move(*answer), begun);
}

Task<Result<Url>> JwksCache::find_keys(Instant begun) {
  if (jwks_uri_) co_return *jwks_uri_;
  if (!discovered_ || begun - discovered_at_ >= metadata_lifetime) {
    Result<Discovered> found = co_await discover(client_, issuer_, kind_, trust_);
    if (!found) co_return std::move(found).error();
    discovered_ = std::move(*found);
    discovered_at_ = begun;
  }
  co_return discovered_->jwks_uri;
}

// A set of usable keys replaces the old one whole, so a key that disappeared is dead (KY-28); one
// without any leaves the old in place (KY-29).
Result<void> JwksCache::adopt(JwksFetched fetched, Instant begun) {
  if (!fetched.unchanged) {
    if (fetched.keys.empty()) return Error(Errc::jwks_key, "no key of the set can be used");
    keys_ = std::move(fetched.keys);
    etag_ = std::move(fetched.etag);
  }
  times_.fetched = begun;
  times_.lifetime = jwks_lifetime(fetched.cache_control);
  return {};
}

Task<void> JwksCache::keep_fresh(loop::Timers& timers) {
  while (true) {
    const auto wait = next_refresh(times_) - clock_.monotonic();
    if (wait > Instant::zero()) {
      co_await timers.sleep(wait);
    } else {
      co_await fetch(Cause::age);
    }
  }
}

}  // namespace tocsin::issuer
