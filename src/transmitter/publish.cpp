#include "transmitter/publish.h"

#include <utility>

namespace tocsin::transmitter {

Task<Result<Published>> Publisher::publish(PushStream stream, Subject subject, Event event) {
  SecurityEventToken claims;
  claims.iss = issuer_;
  claims.aud = std::move(stream.aud);
  claims.jti = parts_.random.id();
  claims.iat = parts_.clock.wall_seconds();
  claims.txn = parts_.random.id();
  claims.sub_id = std::move(subject);
  claims.event = std::move(event);

  std::string jti = claims.jti;
  Result<std::string> compact = co_await parts_.signer.mint(std::move(claims));
  if (!compact) co_return std::move(compact).error();
  PushReport report = co_await parts_.runner.deliver(std::move(stream.target), *compact);
  co_return Published{std::move(jti), std::move(*compact), std::move(report)};
}

}  // namespace tocsin::transmitter
