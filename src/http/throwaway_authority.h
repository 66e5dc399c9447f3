// Certificates for a machine that has none: a root that lives a day and is forgotten with this
// object, and what it vouches for. For demonstrations; nobody else should trust it.
#pragma once

#include <memory>
#include <string>

#include "base/ip_address.h"
#include "tocsin/result.h"

namespace tocsin::http {

class ThrowawayAuthority {
 public:
  // All keys are P-256. Fails only with internal_error.
  static Result<ThrowawayAuthority> make(const std::string& name);

  ThrowawayAuthority(ThrowawayAuthority&&) noexcept;
  ThrowawayAuthority& operator=(ThrowawayAuthority&&) noexcept;
  ~ThrowawayAuthority();

  // PEM: what peers are told to trust.
  std::string certificate() const;

  struct Identity {
    std::string certificate;  // PEM
    std::string key;          // PEM: a secret
  };
  // For a server that is called by its address.
  Result<Identity> issue(const IpAddress& address) const;

 private:
  struct State;
  explicit ThrowawayAuthority(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tocsin::http
