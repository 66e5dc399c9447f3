#include "oauth/well_known.h"

#include "base/url.h"

namespace tocsin::oauth {

std::string Base::inserted(std::string_view name) const {
  return "/.well-known/" + std::string(name) + path;
}

Result<Base> parse_base(std::string_view url, std::string_view what) {
  const Result<Url> parsed = parse_url(url);
  if (!parsed) return Error(Errc::config_invalid, std::string(what) + ": " + parsed.error().detail);
  if (parsed->query) return Error(Errc::config_invalid, std::string(what) + ": has a query");
  Base base{parsed->origin(), parsed->path};
  if (base.path.ends_with('/')) base.path.pop_back();
  return base;
}

}  // namespace tocsin::oauth
