// Who may hand in events, as the intake of an issuer knows them (SEC-18).
#pragma once

#include <map>
#include <string>

#include "app/config.h"
#include "base/tenant_key.h"
#include "tocsin/result.h"
#include "transmitter/producer_grant.h"

namespace tocsin::app {

using Producers = std::map<TenantKey, transmitter::ProducerGrant>;
Result<Producers> producers_of(const std::string& issuer, const Config& config);

}  // namespace tocsin::app
