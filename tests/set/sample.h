// A SET that passes, for tests to break in one place.
#pragma once

#include "tocsin/security_event_token.h"

namespace tocsin::test {

inline constexpr std::chrono::sys_seconds sample_now{std::chrono::seconds(1'756'500'010)};

inline SecurityEventToken sample_set() {
  caep::SessionRevoked event;
  event.event_timestamp = NumericDate{1'756'499'990, 0};
  event.initiating_entity = caep::InitiatingEntity::policy;
  event.reason_admin = LanguageMap("en", "Landspeed Policy Violation: C076E82F");

  SecurityEventToken claims;
  claims.iss = "https://tr.example.com";
  claims.aud = {"https://rx.example.com/events"};
  claims.jti = "24c63fb56e5a2d77a6b512616ca9fa24";
  claims.iat = std::chrono::sys_seconds(std::chrono::seconds(1'756'500'000));
  claims.txn = "8675309";
  claims.sub_id = email_subject("jdoe@example.com");
  claims.event = event;
  return claims;
}

inline SetPolicy sample_policy() {
  SetPolicy policy;
  policy.iss = "https://tr.example.com";
  policy.aud = {"https://rx.example.com/events"};
  return policy;
}

// One key for the whole test program: making RSA keys is slow.
inline const SigningKey& sample_key() {
  static const SigningKey key = SigningKey::generate(Algorithm::ES256).value();
  return key;
}

}  // namespace tocsin::test
