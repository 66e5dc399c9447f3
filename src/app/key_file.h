// Signing keys in a file that only its owner may read (SEC-33): sealed with the store key, or
// plain, as a JWK set of private keys or as one private key in PEM.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "jose/secret_box.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::app {

struct StoredKey {
  SigningKey key;
  std::optional<std::chrono::sys_seconds> created;  // the JWK's `iat`; unknown for PEM
};

// Who reads a key file, and what that may be.
struct KeyAccess {
  const jose::SecretBox* box = nullptr;  // opens sealed files; without one they are refused
  bool plain = true;                     // whether plain files are taken
};

// Every key of the file, in its order, one or more. Refuses the whole file for one bad key: signing
// with fewer keys than the operator thinks there are is no service to anybody. Errors:
// file_unreadable, file_mode, and config_invalid for the content and for a form that `access` does
// not allow.
Result<std::vector<StoredKey>> load_key_file(const std::string& path, const KeyAccess& access);

// A new file with one key, sealed if there is a `box`. file_unreadable if the file exists.
Result<void> create_key_file(const std::string& path, const StoredKey& key,
                             const jose::SecretBox* box);

// One more key; the file stays sealed or plain. config_invalid if the kid is there, or the file is
// PEM.
Result<void> add_key(const std::string& path, const StoredKey& key, const jose::SecretBox* box);

// One key less, as above. config_invalid if there is no such key, or no other.
Result<void> remove_key(const std::string& path, const std::string& kid,
                        const jose::SecretBox* box);

// Seals a plain file; false: it is sealed already, with this key.
Result<bool> seal_key_file(const std::string& path, const jose::SecretBox& box);

// The key named `kid`; without a `kid` the only key there is. config_invalid otherwise, with the
// kids to choose from.
Result<SigningKey> pick_key(const std::vector<StoredKey>& keys,
                            const std::optional<std::string>& kid);

}  // namespace tocsin::app
