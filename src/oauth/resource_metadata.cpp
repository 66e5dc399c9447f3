#include "oauth/resource_metadata.h"

#include "base/try.h"
#include "oauth/document.h"
#include "oauth/well_known.h"

namespace tocsin::oauth {
namespace {

constexpr std::string_view well_known = "oauth-protected-resource";

JsonArray to_array(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

}  // namespace

Result<std::string> resource_metadata_url(std::string_view resource) {
  TOCSIN_TRY(const Base base, parse_base(resource, "resource"));
  return base.origin + base.inserted(well_known);
}

Result<http::Route> resource_metadata_route(const ProtectedResource& resource) {
  TOCSIN_TRY(const Base base, parse_base(resource.resource, "resource"));
  JsonObject document{{"resource", resource.resource}};
  if (!resource.authorization_servers.empty()) {
    document.append("authorization_servers", to_array(resource.authorization_servers));
  }
  document.append("scopes_supported", to_array(resource.scopes));
  document.append("bearer_methods_supported", JsonArray{"header"});
  return document_route(base.inserted(well_known), document);
}

}  // namespace tocsin::oauth
