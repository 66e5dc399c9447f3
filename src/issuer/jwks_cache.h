// The keys of one issuer, fetched when its metadata and keys are asked for and kept as long as
// jwks_policy.h allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "http/client.h"
#include "issuer/discovery.h"
#include "issuer/jwks_policy.h"
#include "loop/gate.h"
#include "loop/timers.h"
#include "tocsin/keys.h"

namespace tocsin::issuer {

// For the loop's thread. One fetch is under way at most; whoever else wants one joins it.
class JwksCache {
 public:
  // Keys that the metadata of `issuer` names. `trust` is that of http::OutboundRequest.
  JwksCache(std::string issuer, http::Client& client, const Clock& clock,
            Metadata kind = Metadata::transmitter, std::string trust = {})
      : issuer_(std::move(issuer)),
        kind_(kind),
        trust_(std::move(trust)),
        client_(client),
        clock_(clock) {}

  // Keys at a place that the configuration names.
  JwksCache(Url jwks_uri, http::Client& client, const Clock& clock, std::string trust = {})
      : jwks_uri_(std::move(jwks_uri)), trust_(std::move(trust)), client_(client), clock_(clock) {}

  // What was fetched last; times() says whether it may be used.
  const KeySet& keys() const noexcept { return keys_; }
  const JwksTimes& times() const noexcept { return times_; }

  // Where the issuer's documents are; nothing before they were found, or after they were not.
  const std::optional<Discovered>& discovered() const noexcept { return discovered_; }

  // Why the newest fetch failed; nothing if it did not.
  const std::optional<Error>& trouble() const noexcept { return trouble_; }

  enum class Cause : std::uint8_t {
    age,    // start, or keys past their time
    doubt,  // a kid or a signature the keys do not explain: counts against jwks_refetch_pause
  };

  // Fetches, or joins the fetch under way. A failure keeps the old keys; times() tells.
  Task<void> fetch(Cause cause);

  // Fetches now and whenever next_refresh() says, for ever.
  Task<void> keep_fresh(loop::Timers& timers);

 private:
  Task<Result<void>> try_fetch(Instant begun);
  Task<Result<Url>> find_keys(Instant begun);
  Result<void> adopt(JwksFetched fetched, Instant begun);

  const std::string issuer_;
  const Metadata kind_ = Metadata::transmitter;
  const std::optional<Url> jwks_uri_;
  const std::string trust_;
  http::Client& client_;
  const Clock& clock_;

  std::optional<Discovered> discovered_;
  Instant discovered_at_{};
  KeySet keys_;
  std::string etag_;
  JwksTimes times_;
  std::optional<Error> trouble_;
  bool fetching_ = false;
  loop::Gate fetched_;
};

}  // namespace tocsin::issuer
