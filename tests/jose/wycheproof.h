// Wycheproof's JOSE vectors (fixtures/wycheproof), with the labels OVERRIDES.tsv corrects.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/fixtures.h"

namespace tocsin::test {

struct WycheproofVector {
  int id = 0;
  std::string comment;
  Json group;              // has `private` and often `public`
  bool encrypted = false;  // a JWE
  std::string token;       // two vectors have a JSON object in place of a string: its text
  bool valid = false;
  std::string plaintext;  // hexadecimal, JWE only
};

// All vectors of testvectors_v1/<file>. The override of a `special` row is not applied: those are
// the ROCA keys, and we test for them.
inline std::vector<WycheproofVector> read_wycheproof(const std::string& file) {
  std::map<std::string, std::string> verdicts;
  for (const IndexRow& row : read_index("wycheproof/OVERRIDES.tsv")) {
    if (row.at("file") == file && row.at("kind") != "special") {
      verdicts[row.at("tcId")] = row.at("strict verdict");
    }
  }
  const Json document = read_json_fixture("wycheproof/testvectors_v1/" + file);
  std::vector<WycheproofVector> vectors;
  for (const Json& group : *document.as_object()->find("testGroups")->as_array()) {
    for (const Json& test : *group.as_object()->find("tests")->as_array()) {
      const JsonObject& members = *test.as_object();
      WycheproofVector vector;
      const std::string id = members.find("tcId")->as_number()->text();
      vector.id = std::stoi(id);
      vector.comment = *members.find("comment")->as_string();
      vector.group = group;
      vector.encrypted = members.find("jwe") != nullptr;
      const Json& token = *members.find(vector.encrypted ? "jwe" : "jws");
      vector.token = token.as_string() != nullptr ? *token.as_string() : to_text(token);
      const auto verdict = verdicts.find(id);
      vector.valid = (verdict != verdicts.end() ? verdict->second
                                                : *members.find("result")->as_string()) == "valid";
      if (const Json* const plaintext = members.find("pt")) {
        vector.plaintext = *plaintext->as_string();
      }
      vectors.push_back(std::move(vector));
    }
  }
  return vectors;
}

// A JWK or a JWK set, as a set.
inline Json as_jwks(const Json& keys) {
  if (keys.as_object()->find("keys") != nullptr) return keys;
  return JsonObject{{"keys", JsonArray{keys}}};
}

}  // namespace tocsin::test
