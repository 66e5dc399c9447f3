// The key of [store]: what secrets in the database and keys in files are sealed with.
#pragma once

#include "app/config.h"
#include "jose/secret_box.h"
#include "tocsin/result.h"

namespace tocsin::app {

// config_invalid: it is not 32 octets as base64url; those of read_secret().
Result<jose::SecretBox> open_store_key(const SecretReference& key);

}  // namespace tocsin::app
