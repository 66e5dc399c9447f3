// Claims, keys and tokens that tests of several verbs work with.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "cli/program.h"
#include "support/fixtures.h"

namespace tocsin::test {

inline constexpr std::string_view good_claims =
    R"({"iss":"https://idp.example.com","jti":"756E69","iat":1756500000,)"
    R"("aud":"https://rp.example.com","txn":"8675309",)"
    R"("sub_id":{"format":"email","email":"jdoe@example.com"},)"
    R"("events":{"https://schemas.openid.net/secevent/caep/event-type/session-revoked":{}}})";

// The good claims with one text in them replaced, which must be there.
inline std::string claims_with(std::string_view from, std::string_view to) {
  std::string claims(good_claims);
  const std::size_t at = claims.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return claims.replace(at, from.size(), to);
}

// A token of tests/fixtures/jose/signed-sets.json, signed by somebody else's code.
inline std::string signed_set(std::string_view id) {
  const Json document = read_json_fixture("jose/signed-sets.json");
  for (const Json& entry : *document.as_object()->find("cases")->as_array()) {
    const JsonObject& members = *entry.as_object();
    if (*members.find("id")->as_string() == id) return *members.find("token")->as_string();
  }
  ADD_FAILURE() << "no case " << id;
  return {};
}

// The keys that verify signed_set().
inline std::string signed_set_keys() {
  return to_text(*read_json_fixture("jose/signed-sets.json").as_object()->find("jwks"));
}

}  // namespace tocsin::test
