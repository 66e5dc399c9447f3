// --store-key: what opens a sealed key file.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "cli/verb.h"
#include "jose/secret_box.h"
#include "tocsin/result.h"

namespace tocsin::cli {

inline constexpr const char* store_key_help =
    "Opens a sealed key file: where the key of [store] is, file:PATH or env:NAME";

// What the flag names, or nothing.
class StoreKey {
 public:
  StoreKey() = default;
  explicit StoreKey(jose::SecretBox box) : box_(std::move(box)) {}
  const jose::SecretBox* get() const noexcept { return box_ ? &*box_ : nullptr; }

 private:
  std::optional<jose::SecretBox> box_;
};

struct StoreKeyFlag {
  std::string reference;  // file:PATH or env:NAME; empty: not given

  CLI::Option* add_to(CLI::App& verb, const std::string& description);

  // config_invalid, file_unreadable, file_mode.
  Result<StoreKey> open() const;
};

}  // namespace tocsin::cli
