#include "transmitter/issuer_urls.h"

#include <utility>

#include "base/url.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin::transmitter {

Result<IssuerUrls> IssuerUrls::of(std::string_view issuer) {
  if (!is_issuer(issuer)) return Error(Errc::config_invalid, "issuer: not an https URL alone");
  const Result<Url> url = parse_url(issuer);
  if (!url) return Error(Errc::config_invalid, "issuer: " + url.error().detail);
  std::string base = url->path;
  if (base.ends_with('/')) base.pop_back();
  return IssuerUrls(std::string(issuer), url->origin(), std::move(base));
}

}  // namespace tocsin::transmitter
