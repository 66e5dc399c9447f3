#include "stream/url_rules.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/uri.h"
#include "base/url.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin {
namespace stream {
namespace {

bool is_https(std::string_view text) {
  constexpr std::string_view scheme = "https://";
  return text.size() > scheme.size() && starts_with_ignoring_case(text, scheme) && is_uri(text);
}

}  // namespace

void judge_https_url(std::string_view text, const JsonPath& path, ObjectReader& reader) {
  if (!is_https(text)) {
    reader.value(path, Level::must, "not an https URL");
  } else if (const auto url = parse_url(text); !url) {
    reader.value(path, Level::policy, url.error().detail);
  }
}

void judge_receiver_url(std::string_view text, const UrlRules& urls, const JsonPath& path,
                        ObjectReader& reader) {
  const auto url = parse_url(text, PlainHttp::allowed);
  const bool is_listed =
      url && !url->is_https() &&
      std::ranges::find(urls.plain_http_hosts, url->host) != urls.plain_http_hosts.end();
  if (!is_listed) judge_https_url(text, path, reader);
}

void judge_issuer(std::string_view text, const JsonPath& path, ObjectReader& reader) {
  if (!is_issuer(text)) {
    reader.value(path, Level::must, "not an https URL without query and fragment");
  } else if (const auto url = parse_url(text); !url) {
    reader.value(path, Level::policy, url.error().detail);
  }
}

}  // namespace stream

bool is_issuer(std::string_view text) noexcept {
  return stream::is_https(text) && text.find_first_of("?#") == std::string_view::npos;
}

Result<std::string> metadata_url(std::string_view issuer) {
  if (!is_issuer(issuer)) return Error(Errc::metadata_value, "the issuer is no https URL");
  const std::size_t host = issuer.find("//") + 2;
  const std::size_t path = std::min(issuer.find('/', host), issuer.size());
  if (issuer.ends_with('/') && path < issuer.size()) issuer.remove_suffix(1);
  std::string url(issuer.substr(0, path));
  url += "/.well-known/ssf-configuration";
  url += issuer.substr(std::min(path, issuer.size()));
  return url;
}

}  // namespace tocsin
