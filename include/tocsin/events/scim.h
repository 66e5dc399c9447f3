// SCIM Profile for Security Event Tokens (RFC 9967), section 2. Type URIs are
// urn:ietf:params:scim:event: and the name above each struct. The subject has format `scim`; a
// :full event carries the resource, a :notice event only the names of what changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/events/common.h"
#include "tocsin/json.h"

namespace tocsin::scim {

// Closed (RFC 7644 3.7).
enum class Method : std::uint8_t { POST = 1, PUT, PATCH, DELETE };
std::string_view wire_name(Method value) noexcept;

// feed:add
struct FeedAdd {
  JsonObject extra{};
};

// feed:remove
struct FeedRemove {
  JsonObject extra{};
};

// prov:create:full
struct CreateFull {
  JsonObject data{};                     // required: the resource as made
  std::optional<std::string> version{};  // ETag, kept as it is
  JsonObject extra{};
};

// prov:create:notice
struct CreateNotice {
  std::vector<std::string> attributes{};  // required: paths of RFC 7644 3.5.2
  std::optional<std::string> version{};
  JsonObject extra{};
};

// prov:patch:full
struct PatchFull {
  JsonObject data{};  // required: the PATCH body
  std::optional<std::string> version{};
  JsonObject extra{};
};

// prov:patch:notice
struct PatchNotice {
  std::vector<std::string> attributes{};  // required
  std::optional<std::string> version{};
  JsonObject extra{};
};

// prov:put:full
struct PutFull {
  JsonObject data{};  // required: the PUT body
  std::optional<std::string> version{};
  JsonObject extra{};
};

// prov:put:notice
struct PutNotice {
  std::vector<std::string> attributes{};  // required
  std::optional<std::string> version{};
  JsonObject extra{};
};

// prov:delete. The payload is empty (SC-06); what came all the same is in `extra`.
struct Delete {
  JsonObject extra{};
};

// prov:activate
struct Activate {
  JsonObject extra{};
};

// prov:deactivate
struct Deactivate {
  JsonObject extra{};
};

// misc:asyncresp: an asynchronous request, or one operation of a bulk request, is finished. The
// SET's `txn` says which.
struct AsyncResponse {
  Method method{};                       // required
  std::string status{};                  // required: three digits of HTTP, as text
  std::optional<std::string> bulk_id{};  // `bulkId` on the wire
  std::optional<std::string> version{};
  std::optional<std::string> location{};
  std::optional<JsonObject> response{};  // required when `status` is not 2xx: a SCIM error
  JsonObject extra{};
};

}  // namespace tocsin::scim
