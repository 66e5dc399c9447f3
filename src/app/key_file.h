// Signing keys in a file: a JWK set of private keys, or one private key as PEM, in a file that only
// its owner may read (SEC-33).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::app {

struct StoredKey {
  SigningKey key;
  std::optional<std::chrono::sys_seconds> created;  // the JWK's `iat`; unknown for PEM
};

// Every key of the file, in its order, one or more. Refuses the whole file for one bad key: signing
// with fewer keys than the operator thinks there are is no service to anybody. Errors:
// file_unreadable, file_mode, and config_invalid for the content.
Result<std::vector<StoredKey>> load_key_file(const std::string& path);

// A new file with one key. file_unreadable if the file exists.
Result<void> create_key_file(const std::string& path, const StoredKey& key);

// One more key in a file of JWKs. config_invalid if its kid is there, or the file is PEM.
Result<void> add_key(const std::string& path, const StoredKey& key);

// One key less. config_invalid if there is no such key, or no other.
Result<void> remove_key(const std::string& path, const std::string& kid);

// The key named `kid`; without a `kid` the only key there is. config_invalid otherwise, with the
// kids to choose from.
Result<SigningKey> pick_key(const std::vector<StoredKey>& keys,
                            const std::optional<std::string>& kid);

}  // namespace tocsin::app
