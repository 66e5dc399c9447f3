#include "app/store_key.h"

#include <string>
#include <utility>

#include "app/config_file.h"
#include "base/base64url.h"
#include "base/try.h"

namespace tocsin::app {

Result<jose::SecretBox> open_store_key(const SecretReference& key) {
  TOCSIN_TRY(const std::string text, read_secret(key));
  auto octets = base64url_decode(text);
  if (!octets || octets->size() != jose::secret_box_key_size) {
    return Error(Errc::config_invalid, "[store] key: not 32 octets as base64url");
  }
  return jose::SecretBox::with_key(jose::Secret(*std::move(octets)));
}

}  // namespace tocsin::app
