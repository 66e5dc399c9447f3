// Whatever is accepted of a JWK set can be written, and reads back as the same keys; every document
// that is skipped has a reason; no document makes a private key of a public one.
#include <cstdlib>
#include <string_view>

#include "jose/key_set.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto keys = KeySet::parse(text);
  if (!keys) return 0;
  const auto again = KeySet::from_json(keys->to_jwks());
  require(again && again->size() == keys->size() && again->skipped().empty());
  require(again->to_jwks() == keys->to_jwks());

  const Json document = parse_json(text, {.text_max = jose::jwks_text_max}).value();
  const JsonArray& jwks = *document.as_object()->find("keys")->as_array();
  require(keys->skipped().empty() == (keys->size() == jwks.size()));
  require(keys->skipped().empty() || !jose::lint_jwks(document).empty());
  static_cast<void>(DecryptionKeySet::from_json(document));
  for (const Json& jwk : jwks) {
    static_cast<void>(jwk_thumbprint(jwk));
    const auto key = SigningKey::from_jwk(jwk);
    if (key) require(jwk.as_object()->find("d") != nullptr);
  }
  return 0;
}
