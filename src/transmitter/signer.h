// Minting off the loop: an RS256 signature takes longer than everything else the loop does for a
// SET.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/workers.h"
#include "tocsin/keys.h"
#include "tocsin/security_event_token.h"

namespace tocsin::transmitter {

using loop::Task;

// For the loop's thread.
class Signer {
 public:
  Signer(SigningKey key, loop::Workers& workers)
      : key_(std::move(key)), published_(KeySet::of({*key_})), workers_(workers) {}

  // From now on `key` signs, or nothing does (SEC-34). `published` is what the JWKS shows.
  void replace_keys(std::optional<SigningKey> key, KeySet published);

  // The compact SET. Errors: those of mint(), jose_key_unavailable while there is no key, and
  // `overloaded` while too many wait.
  Task<Result<std::string>> mint(SecurityEventToken claims);

  // Several on all workers, in the order of `claims`.
  Task<std::vector<Result<std::string>>> mint_all(std::vector<SecurityEventToken> claims);

  // The key that signs now. Must not be asked while there is none.
  const SigningKey& key() const noexcept { return *key_; }
  bool has_key() const noexcept { return key_.has_value(); }

  // Whether what was signed with this key still verifies against our JWKS (REL-22).
  bool is_published(std::string_view kid) const noexcept { return published_.has_kid(kid); }

 private:
  std::optional<SigningKey> key_;
  KeySet published_;
  loop::Workers& workers_;
};

}  // namespace tocsin::transmitter
