#include "receiver/transmitter_metadata.h"

#include <utility>

#include "issuer/discovery.h"
#include "tocsin/json.h"

namespace tocsin::receiver {
namespace {

constexpr std::size_t document_max = 256 * 1024;  // octets (trust.md section 1)

}  // namespace

Task<Result<MetadataDocument>> fetch_metadata_document(http::Client& client,
                                                       MetadataSource source) {
  Result<Url> url =
      source.url ? Result<Url>(*std::move(source.url)) : issuer::metadata_url(source.issuer);
  if (!url) co_return std::move(url).error();
  http::OutboundRequest request;
  request.method = "GET";
  request.url = *url;
  request.headers.add("Accept", "application/json");
  request.response_body_max = document_max;
  request.trust = std::move(source.trust);
  const Result<http::Response> response = co_await client.send(std::move(request));
  if (!response) co_return response.error();
  if (response->status != 200) {
    co_return Error(Errc::net_answer, "metadata: status " + std::to_string(response->status));
  }
  Result<Json> json = parse_json(response->body, {.text_max = document_max});
  if (!json) co_return Error(Errc::net_answer, "metadata: " + json.error().to_string());
  co_return MetadataDocument{*std::move(url), *std::move(json)};
}

Task<Result<TransmitterMetadata>> fetch_metadata(http::Client& client, MetadataSource source,
                                                 Strictness strictness) {
  const std::string issuer = source.issuer;
  Result<MetadataDocument> document = co_await fetch_metadata_document(client, std::move(source));
  if (!document) co_return std::move(document).error();
  co_return parse_metadata(std::move(document->json), issuer, strictness);
}

}  // namespace tocsin::receiver
