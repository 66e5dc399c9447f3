// OAuth Event Types, a draft of 2018 that was never finished. Read because Google sends it; not
// sent. Type URIs are https://schemas.openid.net/secevent/oauth/event-type/ and the name above each
// struct. Subjects lie in the payload, in the shape of their time (`subject_type`), and are kept
// as they came.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tocsin/events/common.h"
#include "tocsin/json.h"

namespace tocsin::oauth {

// Open (OA-02).
enum class TokenType : std::uint8_t { access_token, authorization_code, refresh_token };
std::string_view wire_name(TokenType value) noexcept;

// Open (OA-02).
enum class RevocationReason : std::uint8_t { inactive, too_many, api, user, issuer };
std::string_view wire_name(RevocationReason value) noexcept;

// A subject of type `oauth_token`, looked at without copying. Never log `token`: under `plain` it
// is the token itself (OA-03).
struct TokenIdentifier {
  std::string_view token_type;            // names of TokenType, or others
  std::string_view token_identifier_alg;  // "plain", "prefix", or "hash_" and an algorithm
  std::string_view token;
};

// Nothing if `subject` is of another type or lacks one of the three members.
std::optional<TokenIdentifier> token_identifier(const JsonObject& subject) noexcept;

// token-issued
struct TokenIssued {
  JsonObject subject{};                       // required: an oauth_token
  std::optional<JsonObject> token_subject{};  // whose token
  JsonObject extra{};
};

// token-revoked
struct TokenRevoked {
  JsonObject subject{};  // required: an oauth_token
  std::optional<JsonObject> token_subject{};
  std::optional<OpenValue<RevocationReason>> reason{};
  JsonObject extra{};
};

// tokens-revoked: all tokens of the account.
struct TokensRevoked {
  std::optional<JsonObject> subject{};  // the account
  std::optional<OpenValue<RevocationReason>> reason{};
  JsonObject extra{};
};

// client-disabled: the client is the one named by `aud`, the receiver itself (OA-05).
struct ClientDisabled {
  JsonObject extra{};
};

// client-enabled
struct ClientEnabled {
  JsonObject extra{};
};

// client-credential-changed
struct ClientCredentialChanged {
  JsonObject extra{};
};

}  // namespace tocsin::oauth
