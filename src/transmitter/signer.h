// Minting off the loop: an RS256 signature takes longer than everything else the loop does for a
// SET.
#pragma once

#include <string>
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
  Signer(SigningKey key, loop::Workers& workers) : key_(std::move(key)), workers_(workers) {}

  // The compact SET. Errors: those of mint(), and `overloaded` while too many wait.
  Task<Result<std::string>> mint(SecurityEventToken claims);

  const SigningKey& key() const noexcept { return key_; }

 private:
  SigningKey key_;
  loop::Workers& workers_;
};

}  // namespace tocsin::transmitter
