// A transmitter mints a Security Event Token, a receiver verifies it and acts on the event: the two
// halves of Shared Signals without the network between them.
#include <tocsin/tocsin.h>

#include <chrono>
#include <iostream>
#include <string>
#include <string_view>
#include <variant>

namespace {

std::chrono::sys_seconds now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// [mint]
tocsin::Result<std::string> revoke_session(const tocsin::SigningKey& key, std::string email) {
  tocsin::caep::SessionRevoked event;
  event.initiating_entity = tocsin::caep::InitiatingEntity::admin;
  event.reason_admin = tocsin::LanguageMap("en", "Laptop reported stolen");

  return tocsin::mint({.iss = "https://idp.example.com",
                       .aud = {"https://app.example.net"},
                       .jti = "24c63fb56e5a2d77a6b512616ca9fa24",
                       .iat = now(),
                       .sub_id = tocsin::email_subject(std::move(email)),
                       .event = event},
                      key);
}
// [/mint]

// [verify]
tocsin::Result<void> receive(std::string_view compact, const tocsin::KeySet& keys) {
  const tocsin::SetPolicy policy{.iss = "https://idp.example.com",
                                 .aud = {"https://app.example.net"}};

  const auto set = tocsin::verify(compact, keys, policy, now());
  if (!set) return set.error();

  std::visit(tocsin::overloaded{
                 [&](const tocsin::caep::SessionRevoked&) {
                   std::cout << "end every session of " << to_text(tocsin::to_json((*set)->sub_id))
                             << '\n';
                 },
                 [](const auto&) {},  // acknowledged, not acted on
             },
             (*set)->event);
  return {};
}
// [/verify]

int fail(std::string_view what, const tocsin::Error& error) {
  std::cerr << what << ": " << error.to_string() << '\n';
  return 1;
}

}  // namespace

int main() {
  const auto key = tocsin::SigningKey::generate(tocsin::Algorithm::ES256);
  if (!key) return fail("key", key.error());

  auto compact = revoke_session(*key, "jane@example.com");
  if (!compact) return fail("mint", compact.error());
  std::cout << *compact << '\n';

  const auto keys = tocsin::KeySet::of({*key});
  if (const auto received = receive(*compact, keys); !received) {
    return fail("receive", received.error());
  }

  // One changed character of the claims, and nobody believes it.
  compact->at(compact->find('.') + 5) ^= 1;
  if (receive(*compact, keys)) return 1;
  std::cout << "refuses the same token with one character changed\n";
}
