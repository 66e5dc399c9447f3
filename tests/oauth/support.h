// A JWT access token that is right, and the means to make it wrong in one place.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "oauth/access_token.h"
#include "support/tokens.h"
#include "tocsin/json.h"
#include "tocsin/keys.h"

namespace tocsin::oauth {

inline constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'795'000'000)};
inline constexpr std::string_view as_issuer = "https://as.example.com";
inline constexpr std::string_view our_resource = "https://tr.example.com/ssf";

inline std::int64_t at(std::int64_t offset) {
  return now.time_since_epoch().count() + offset;
}

inline SigningKey new_key(std::string kid = "as-1", Algorithm algorithm = Algorithm::ES256) {
  return SigningKey::generate(algorithm, 2048, std::move(kid)).value();
}

inline TokenPolicy policy() {
  return {.issuer = std::string(as_issuer), .audiences = {std::string(our_resource)}};
}

inline JsonObject right_claims() {
  return {{"iss", as_issuer},      {"sub", "acme"},  {"client_id", "acme"}, {"aud", our_resource},
          {"scope", "ssf.manage"}, {"iat", at(-10)}, {"exp", at(600)},      {"jti", "1"}};
}

inline JsonObject right_header(const SigningKey& key) {
  return {{"typ", "at+jwt"}, {"alg", to_string(key.algorithm())}, {"kid", key.kid()}};
}

using Change = std::function<void(JsonObject&)>;

// The value of one member, or the member gone.
inline Change with(std::string name, Json value) {
  return [=](JsonObject& object) { object.insert_or_assign(name, value); };
}
inline Change without(std::string name) {
  return [=](JsonObject& object) { object.erase(name); };
}

inline std::string make_token(const SigningKey& key, const Change& claims = {},
                              const Change& header = {}) {
  JsonObject payload = right_claims();
  JsonObject head = right_header(key);
  if (claims) claims(payload);
  if (header) header(head);
  return test::sign(to_text(head), to_text(payload), key);
}

}  // namespace tocsin::oauth
