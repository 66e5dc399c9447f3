// Compact tokens whose every part the test chooses.
#pragma once

#include <string>
#include <string_view>

#include "base/base64url.h"
#include "tocsin/keys.h"

namespace tocsin::test {

// Signs any header and any payload, sensible or not.
inline std::string sign(std::string_view header, std::string_view payload, const SigningKey& key) {
  std::string compact = base64url_encode(header) + "." + base64url_encode(payload);
  const std::string signature = key.sign(compact).value();
  return compact + "." + base64url_encode(signature);
}

}  // namespace tocsin::test
