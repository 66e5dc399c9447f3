#include "oauth/client_credentials.h"

#include <algorithm>
#include <utility>

#include "base/base64url.h"
#include "base/try.h"
#include "jose/jws.h"
#include "jose/key_set.h"
#include "oauth/access_token.h"
#include "oauth/basic.h"
#include "oauth/claims.h"

namespace tocsin::oauth {
namespace {

using std::chrono::sys_seconds;

// Keys of nobody, one of each type that may sign an assertion: what a client that does not exist is
// measured against, so that its refusal costs what any other does. Whether they verify is not
// asked.
constexpr std::string_view decoy_jwks = R"({"keys":[
{"kty":"RSA","e":"AQAB","n":"sPC8gLJL2AktbEv7z0YDPj1P3ct-eEyJxui-t-lPtHKg7rlz_adbGchxMcNEbicUecZtxVPU6b9dHAsxs_TI4hinD4Snd7Sh5N26RTHu0yOhlIfZvRneAlKGjnr4kVQm5AZZrD0Uv0EZYM5laoA5C3E54pRnWXp3iuXEMRpxShbKtKsr9119qgn11RUFJ8EKdeJGQA8Bg-Z5gS3UI5KzmrMs94ncm-ZjkUoVwy-PkC-RRYHM5Bg1vSk8ZlmjV_gQqJDHs-yAgTh1-IEgTjKhVtryuRhHwev3FLUDo_TnQ0IosHTWlS3ylH5XgwYVqmbdy4Vpqev5gMp-b9fxENZmtw"},
{"kty":"EC","crv":"P-256","x":"PlqNuPtO-fEpbT6G-p597q-avqKXERVreVuNunbyLWw","y":"cSr1ZOcsU4piRKGghj3n4uXABL0OF53f5na8AgiIbDI"},
{"kty":"OKP","crv":"Ed25519","x":"YAxapsX-3whqxLFnYwYVD8js0bcsHl9DeY1AJ7434I8"}]})";

const KeySet& decoys() {
  static const KeySet keys = KeySet::parse(decoy_jwks).value();
  return keys;
}

Error refused(std::string_view why) {
  return {Errc::client_invalid, std::string(why)};
}

Result<ClientCredentials> read_assertion(const http::Parameters& form) {
  const std::string* const type = form.find("client_assertion_type");
  const std::string* const assertion = form.find("client_assertion");
  if (type == nullptr || assertion == nullptr || *type != assertion_type) {
    return refused("client_assertion_type");
  }
  const Result<jose::JwsSegments> segments = jose::split_jws(*assertion);
  if (!segments) return refused("no JWS");
  const Result<std::string> payload = base64url_decode(segments->payload);
  if (!payload) return refused("no JWS");
  const Result<JsonObject> claims = parse_claims(*payload);
  if (!claims) return refused("no claims");
  const Result<std::optional<std::string>> sub = read_string(*claims, "sub");
  if (!sub || !*sub || !is_client_id(**sub)) return refused("sub");
  return ClientCredentials(AssertionCredentials{**sub, *assertion});
}

Result<ClientCredentials> read_basic(const std::string& authorization) {
  TOCSIN_TRY(BasicCredentials basic, parse_basic(authorization));
  return ClientCredentials(
      SecretCredentials{std::move(basic.client_id), std::move(basic.client_secret)});
}

// The types a client may give its assertion; none of them is that of a SET or of an access token.
bool is_assertion_typ(const JsonObject& header) {
  const Json* const typ = header.find("typ");
  return typ == nullptr || *typ == Json("JWT") || *typ == Json("client-authentication+jwt");
}

// Whether the signature is the client's. One signature is checked in any case.
bool has_signed(const jose::Jws& jws, const RegisteredClient* client) {
  if (client != nullptr) {
    const Result<void> verified = jose::verify_signature(jws, client->keys);
    if (verified) return true;
    if (verified.error().code != Errc::jose_key) return false;
  }
  const Result<void> in_vain =
      decoys().impl().verify(jws.algorithm, std::nullopt, jws.signing_input, jws.signature);
  static_cast<void>(in_vain);
  return false;
}

// One name, or a list of names that are all ours: an assertion for somebody else, too, could be
// used by somebody else.
bool is_for_us(const Json& aud, const std::vector<std::string>& ours) {
  const auto is_ours = [&](const Json& value) {
    return value.as_string() != nullptr &&
           std::ranges::find(ours, *value.as_string()) != ours.end();
  };
  const JsonArray* const several = aud.as_array();
  if (several == nullptr) return is_ours(aud);
  return !several->empty() && std::ranges::all_of(*several, is_ours);
}

Result<CheckedAssertion> judge_claims(const JsonObject& claims, std::string_view client_id,
                                      const AssertionPolicy& policy, sys_seconds now) {
  TOCSIN_TRY(const std::optional<std::string> iss, read_string(claims, "iss"));
  TOCSIN_TRY(const std::optional<std::string> sub, read_string(claims, "sub"));
  if (iss != client_id) return refused("iss");
  if (sub != client_id) return refused("sub");
  const Json* const aud = claims.find("aud");
  if (aud == nullptr || !is_for_us(*aud, policy.audiences)) return refused("aud");
  TOCSIN_TRY(const std::optional<sys_seconds> exp, read_time(claims, "exp"));
  if (!exp || *exp <= now) return refused("exp");
  if (*exp > now + policy.ahead_max) return refused("exp: too far ahead");
  for (const std::string_view name : {"nbf", "iat"}) {
    TOCSIN_TRY(const std::optional<sys_seconds> begin, read_time(claims, name));
    if (begin && *begin > now + policy.leeway) return refused(name);
  }
  TOCSIN_TRY(const std::optional<std::string> jti, read_string(claims, "jti"));
  if (!jti || jti->empty() || jti->size() > assertion_jti_max) return refused("jti");
  return CheckedAssertion{*jti, *exp};
}

}  // namespace

const std::string& client_id_of(const ClientCredentials& credentials) noexcept {
  return std::visit([](const auto& known) -> const std::string& { return known.client_id; },
                    credentials);
}

Result<ClientCredentials> read_client_credentials(const http::Headers& headers,
                                                  const http::Parameters& form) {
  const std::size_t in_header = headers.count("Authorization");
  const bool in_form = form.find("client_secret") != nullptr;
  const bool asserted =
      form.find("client_assertion") != nullptr || form.find("client_assertion_type") != nullptr;
  if (in_header + (in_form ? 1U : 0U) + (asserted ? 1U : 0U) > 1) {
    return Error(Errc::token_request, "more than one client authentication");
  }
  const std::string* const client_id = form.find("client_id");
  Result<ClientCredentials> credentials = refused("none");
  if (in_header == 1) credentials = read_basic(*headers.find("Authorization"));
  if (asserted) credentials = read_assertion(form);
  if (in_form && client_id != nullptr) {
    credentials = ClientCredentials(SecretCredentials{*client_id, *form.find("client_secret")});
  }
  if (credentials && client_id != nullptr && client_id_of(*credentials) != *client_id) {
    return Error(Errc::token_request, "client_id is another one");
  }
  return credentials;
}

bool has_secret(const RegisteredClient* client, std::string_view secret) noexcept {
  const Sha256 given = sha256(secret);
  const Sha256 nobody{};
  unsigned found = 0;
  for (std::size_t i = 0; i < secrets_max; ++i) {
    const bool exists = client != nullptr && i < client->secret_hashes.size();
    const Sha256& known = exists ? client->secret_hashes[i] : nobody;
    const bool equal = equal_in_constant_time(as_text(known), as_text(given));
    found |= static_cast<unsigned>(equal) & static_cast<unsigned>(exists);
  }
  return found != 0;
}

Result<CheckedAssertion> judge_assertion_claims(const JsonObject& claims,
                                                std::string_view client_id,
                                                const AssertionPolicy& policy, sys_seconds now) {
  Result<CheckedAssertion> checked = judge_claims(claims, client_id, policy, now);
  if (!checked) return refused(checked.error().detail);
  return checked;
}

Result<CheckedAssertion> verify_assertion(std::string_view assertion,
                                          const RegisteredClient* client,
                                          const AssertionPolicy& policy, sys_seconds now) {
  const Result<jose::Jws> jws =
      jose::read_jws(assertion, {.algorithms = policy.algorithms, .typ = ""});
  if (!jws) return refused(jws.error().detail);
  if (!is_assertion_typ(*jws->header)) return refused("typ");
  if (!has_signed(*jws, client)) return refused("signature");
  const Result<JsonObject> claims = parse_claims(jws->payload);
  if (!claims) return refused("claims");
  return judge_assertion_claims(*claims, client->client_id, policy, now);
}

}  // namespace tocsin::oauth
