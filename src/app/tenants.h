// The issuers of a configuration, as the transmitter knows them.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/key_file.h"
#include "base/tenant_key.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"
#include "transmitter/tenant.h"

namespace tocsin::app {

// How long a key is shown before it signs: twice what a JWKS may be kept by others (REL-22).
inline constexpr std::chrono::hours key_shown_before_use{2};

// The keys of a tenant's file. All of them are published.
struct TenantKeys {
  std::vector<StoredKey> keys;
  std::string algorithm;

  // What signs at `now`: the newest key of the algorithm that has been shown for long enough, or
  // the oldest while none has.
  const SigningKey& signing(std::chrono::sys_seconds now) const;
  KeySet published() const;
};

// config_invalid if no key of the file has the configured algorithm; those of load_key_file().
Result<TenantKeys> load_tenant_keys(const TenantSection& section, const KeyAccess& access);

Result<transmitter::TenantTerms> terms_of(const TenantSection& section, const Config& config);

using ReceiverPolicies = std::map<TenantKey, transmitter::ReceiverPolicy>;
Result<ReceiverPolicies> receivers_of(const std::string& issuer, const Config& config);

// nullptr: no such issuer.
const TenantSection* section_of(const std::string& issuer, const Config& config);

// Of the database.
std::string store_path(const Config& config);

}  // namespace tocsin::app
