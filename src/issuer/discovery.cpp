#include "issuer/discovery.h"

#include <utility>

#include "base/try.h"
#include "tocsin/json.h"

namespace tocsin::issuer {
namespace {

constexpr std::size_t document_max = 256 * 1024;  // bytes (trust.md section 1)

std::string_view well_known(Metadata kind) noexcept {
  switch (kind) {
    case Metadata::authorization_server:
      return "/.well-known/oauth-authorization-server";
    case Metadata::openid_provider:
      return "/.well-known/openid-configuration";
    case Metadata::transmitter:
      break;
  }
  return "/.well-known/ssf-configuration";
}

http::OutboundRequest get(Url url, std::string_view accept, std::string trust) {
  http::OutboundRequest request;
  request.method = "GET";
  request.url = std::move(url);
  request.headers.add("Accept", std::string(accept));
  request.response_body_max = document_max;
  request.trust = std::move(trust);
  return request;
}

Result<std::string_view> string_member(const JsonObject& object, std::string_view name) {
  const Json* value = object.find(name);
  if (value == nullptr) return Error(Errc::metadata_missing, std::string(name));
  if (value->as_string() == nullptr) return Error(Errc::metadata_type, std::string(name));
  return std::string_view(*value->as_string());
}

Result<Url> read_metadata(const http::Response& response, std::string_view issuer) {
  if (response.status != 200) {
    return Error(Errc::net_answer, "metadata: status " + std::to_string(response.status));
  }
  const Result<Json> json = parse_json(response.body, {.text_max = document_max});
  if (!json || json->as_object() == nullptr) {
    return Error(Errc::net_answer, "metadata: no JSON object");
  }
  const JsonObject& metadata = *json->as_object();
  TOCSIN_TRY(const std::string_view published, string_member(metadata, "issuer"));
  if (published != issuer) return Error(Errc::metadata_value, "issuer is another one");
  TOCSIN_TRY(const std::string_view jwks_uri, string_member(metadata, "jwks_uri"));
  Result<Url> url = parse_url(jwks_uri);
  if (!url) return Error(Errc::metadata_value, "jwks_uri: " + url.error().detail);
  return url;
}

Result<JwksFetched> read_jwks(const http::Response& response, bool may_be_unchanged) {
  JwksFetched fetched;
  if (const std::string* etag = response.headers.find("ETag")) fetched.etag = *etag;
  if (const std::string* cache = response.headers.find("Cache-Control")) {
    fetched.cache_control = *cache;
  }
  fetched.unchanged = response.status == 304 && may_be_unchanged;
  if (fetched.unchanged) return fetched;
  if (response.status != 200) {
    return Error(Errc::net_answer, "jwks: status " + std::to_string(response.status));
  }
  TOCSIN_TRY(fetched.keys, KeySet::parse(response.body));
  return fetched;
}

}  // namespace

Result<Url> metadata_url(std::string_view issuer, Metadata kind) {
  TOCSIN_TRY(Url url, parse_url(issuer));
  if (url.query) return Error(Errc::metadata_value, "an issuer has no query");
  std::string path = std::move(url.path);
  if (path.ends_with('/')) path.pop_back();
  const bool appended = kind == Metadata::openid_provider;
  const std::string document(well_known(kind));
  url.path = appended ? path + document : document + path;
  return url;
}

Task<Result<Discovered>> discover(http::Client& client, std::string issuer, Metadata kind,
                                  std::string trust) {
  Result<Url> url = metadata_url(issuer, kind);
  if (!url) co_return std::move(url).error();
  http::OutboundRequest request = get(*url, "application/json", std::move(trust));
  const Result<http::Response> response = co_await client.send(std::move(request));
  if (!response) co_return response.error();
  Result<Url> jwks_uri = read_metadata(*response, issuer);
  if (!jwks_uri) co_return std::move(jwks_uri).error();
  co_return Discovered{std::move(*url), std::move(*jwks_uri)};
}

Task<Result<JwksFetched>> fetch_jwks(http::Client& client, Url url, std::string etag,
                                     std::string trust) {
  http::OutboundRequest request =
      get(std::move(url), "application/jwk-set+json, application/json", std::move(trust));
  if (!etag.empty()) request.headers.add("If-None-Match", etag);
  const Result<http::Response> response = co_await client.send(std::move(request));
  if (!response) co_return response.error();
  co_return read_jwks(*response, !etag.empty());
}

}  // namespace tocsin::issuer
