#include "transmitter/documents.h"

#include <utility>

#include "base/base64url.h"
#include "base/try.h"
#include "base/url.h"
#include "jose/digest.h"
#include "tocsin/json.h"
#include "tocsin/stream_config.h"
#include "transmitter/issuer_urls.h"

namespace tocsin::transmitter {
namespace {

constexpr std::string_view cache_control = "max-age=3600";  // KY-44

}  // namespace

Result<std::unique_ptr<Documents>> Documents::open(const TransmitterMetadata& metadata,
                                                   const KeySet& keys) {
  TOCSIN_TRY(const IssuerUrls urls, IssuerUrls::of(metadata.issuer));
  const Result<Url> jwks = parse_url(metadata.jwks_uri.value_or(""));
  if (!jwks || !metadata.jwks_uri->starts_with(urls.url("/"))) {
    return Error(Errc::config_invalid, "jwks_uri: not below the issuer");
  }
  Document document = make_document(urls.well_known_path("ssf-configuration"), "application/json",
                                    to_text(to_json(metadata)));
  return std::unique_ptr<Documents>(
      new Documents(std::move(document), make_jwks(jwks->path, keys)));
}

Result<std::unique_ptr<Documents>> Documents::open(std::string_view issuer, const KeySet& keys) {
  TOCSIN_TRY(const IssuerUrls urls, IssuerUrls::of(issuer));
  TransmitterMetadata metadata;
  metadata.spec_version = "1_0";
  metadata.issuer = issuer;
  metadata.jwks_uri = urls.url(jwks_path);
  metadata.delivery_methods_supported = {std::string(wire_name(DeliveryMethod::push))};
  return open(metadata, keys);
}

void Documents::replace_keys(const KeySet& keys) {
  jwks_ = make_jwks(jwks_.path, keys);
}

std::vector<http::Route> Documents::routes() const {
  return {route_to(metadata_), route_to(jwks_)};
}

Documents::Document Documents::make_document(std::string path, std::string content_type,
                                             std::string body) {
  const Sha256 hash = sha256(body);
  std::string etag = '"' + base64url_encode(as_text(hash).substr(0, 16)) + '"';
  return {std::move(path), std::move(content_type), std::move(body), std::move(etag)};
}

Documents::Document Documents::make_jwks(std::string path, const KeySet& keys) {
  return make_document(std::move(path), "application/jwk-set+json", to_text(keys.to_jwks()));
}

http::Route Documents::route_to(const Document& document) {
  http::Route route;
  route.method = "GET";
  route.path = document.path;
  route.access = http::Access::open();
  route.cache_control = cache_control;
  route.handler = [kept = &document](http::Request request) {
    return answer(kept, std::move(request));
  };
  return route;
}

http::Task<Result<http::Response>> Documents::answer(const Document* document,
                                                     http::Request request) {
  http::Response response;
  response.headers.add("ETag", document->etag);
  const std::string* known = request.headers.find("If-None-Match");
  if (known != nullptr && *known == document->etag) {
    response.status = 304;
    co_return response;
  }
  response.headers.add("Content-Type", document->content_type);
  response.body = document->body;
  co_return response;
}

}  // namespace tocsin::transmitter
