// Secrets at rest (SEC-56): sealed with AES-256-GCM under one key, which is kept elsewhere. A
// sealed text is bound to the place it belongs to: moved to another row it does not open.
#pragma once

#include <string>
#include <string_view>

#include "jose/secret.h"
#include "tocsin/result.h"

namespace tocsin::jose {

inline constexpr std::size_t secret_box_key_size = 32;  // octets

class SecretBox {
 public:
  // config_invalid: the key has another size.
  static Result<SecretBox> with_key(Secret key);

  // Octets that open() turns back, given the same `place`. Fails only with internal_error.
  Result<std::string> seal(std::string_view plaintext, std::string_view place) const;

  // config_invalid: sealed under another key, for another place, or changed since.
  Result<std::string> open(std::string_view sealed, std::string_view place) const;

 private:
  explicit SecretBox(Secret key) : key_(std::move(key)) {}
  Secret key_;
};

}  // namespace tocsin::jose
