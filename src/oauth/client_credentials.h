// What a client says to prove who it is, and whether it does (RFC 6749 2.3, RFC 7523). Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/message.h"
#include "http/parameters.h"
#include "oauth/clients.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::oauth {

struct SecretCredentials {  // client_secret_basic and client_secret_post
  std::string client_id;
  std::string client_secret;
};

inline constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

struct AssertionCredentials {  // private_key_jwt
  std::string client_id;       // its `sub`, unverified
  std::string assertion;
};

using ClientCredentials = std::variant<SecretCredentials, AssertionCredentials>;

const std::string& client_id_of(const ClientCredentials& credentials) noexcept;

// Reads exactly one way of authentication. token_request for more than one, or for a client_id
// beside another one; client_invalid for none, and for one that is malformed.
Result<ClientCredentials> read_client_credentials(const http::Headers& headers,
                                                  const http::Parameters& form);

// Whether `secret` is one of the client's. The work is the same for a client that does not exist,
// has no secret or has two.
bool has_secret(const RegisteredClient* client, std::string_view secret) noexcept;

struct AssertionPolicy {
  std::vector<std::string> audiences;  // our issuer, our token endpoint
  AlgorithmSet algorithms{Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA};
  std::chrono::seconds ahead_max{300};  // exp (SEC-63)
  std::chrono::seconds leeway{60};      // iat and nbf
};

inline constexpr std::size_t assertion_jti_max = 256;  // octets

// An assertion that was checked, and what must be remembered of it.
struct CheckedAssertion {
  std::string jti;
  std::chrono::sys_seconds exp;
};

// Header, signature and claims of an assertion. For a client that does not exist, or whose keys do
// not name the assertion's, a signature is checked all the same, in vain. Error: client_invalid.
Result<CheckedAssertion> verify_assertion(std::string_view assertion,
                                          const RegisteredClient* client,
                                          const AssertionPolicy& policy,
                                          std::chrono::sys_seconds now);

// The claims alone.
Result<CheckedAssertion> judge_assertion_claims(const JsonObject& claims,
                                                std::string_view client_id,
                                                const AssertionPolicy& policy,
                                                std::chrono::sys_seconds now);

}  // namespace tocsin::oauth
