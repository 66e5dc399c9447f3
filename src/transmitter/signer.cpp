#include "transmitter/signer.h"

namespace tocsin::transmitter {

Task<Result<std::string>> Signer::mint(SecurityEventToken claims) {
  auto job = [claims = std::move(claims), key = key_] { return tocsin::mint(claims, key); };
  co_return co_await loop::off_loop(workers_, std::move(job));
}

}  // namespace tocsin::transmitter
