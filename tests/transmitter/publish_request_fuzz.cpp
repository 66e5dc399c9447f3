// Any bytes as a request to publish: what is accepted can be signed, and every item is in exactly
// one of the two lists.
#include <cstddef>
#include <cstdint>
#include <set>

#include "base/assert.h"
#include "tocsin/security_event_token.h"
#include "transmitter/publish_request.h"

using namespace tocsin;

namespace {

const SigningKey& key() {
  static const SigningKey made = SigningKey::generate(Algorithm::EdDSA).value();
  return made;
}

void check(const transmitter::PublishRequest& request, std::chrono::sys_seconds now) {
  std::set<std::size_t> indexes;
  for (const auto& refusal : request.refusals) TOCSIN_ASSERT(indexes.insert(refusal.index).second);
  for (const auto& item : request.items) {
    TOCSIN_ASSERT(indexes.insert(item.index).second);
    SecurityEventToken claims;
    claims.iss = "https://tr.example.com";
    claims.aud = {"https://rc.example.com"};
    claims.jti = "jti";
    claims.iat = now;
    claims.txn = item.txn ? *item.txn : "txn";
    claims.toe = item.toe;
    claims.sub_id = item.subject;
    claims.event = item.event;
    TOCSIN_ASSERT(mint(claims, key()).has_value());
  }
  TOCSIN_ASSERT(!indexes.empty() && *indexes.rbegin() + 1 == indexes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto form = static_cast<transmitter::PublishForm>(data[0] & 1);
  const transmitter::ProducerGrant grant;
  const std::chrono::sys_seconds now(std::chrono::seconds(1'795'000'000));
  const auto request = parse_publish_request(
      body, form,
      {.issuer = "https://tr.example.com",
       .grant = grant,
       .now = now,
       .strictness = (data[0] & 2) != 0 ? Strictness::interop : Strictness::strict});
  if (request) check(*request, now);
  return 0;
}
