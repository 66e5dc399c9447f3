// The stream management API of one tenant (SSF 1.0 section 8.1): configuration, status, subjects
// and verification. A handler parses, lets a pure rule decide inside the ledger's transaction, and
// answers. Somebody else's stream and one that never was get the same answer (SEC-09).
#pragma once

#include <functional>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http/address_rule.h"
#include "http/router.h"
#include "oauth/scopes.h"
#include "store/streams.h"
#include "store/subjects.h"
#include "transmitter/tenant.h"

namespace tocsin::transmitter {

// Who may call a route that does this: oauth::Guard says so in production.
using Guard = std::function<http::Access(oauth::Operation)>;

// What the handlers work with. All of it must outlive the server.
struct ApiParts {
  const Tenant& tenant;
  store::Streams& streams;
  store::Subjects& subjects;
  const Clock& clock;
  Random& random;
  const http::AddressRule& addresses;  // what push URLs may name (SEC-39)
};

std::vector<http::Route> configuration_routes(ApiParts parts, const Guard& guard);
std::vector<http::Route> status_routes(ApiParts parts, const Guard& guard);
std::vector<http::Route> subject_routes(ApiParts parts, const Guard& guard);
std::vector<http::Route> verification_routes(ApiParts parts, const Guard& guard);

// All of the above.
std::vector<http::Route> stream_api_routes(ApiParts parts, const Guard& guard);

}  // namespace tocsin::transmitter
