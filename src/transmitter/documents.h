// What a transmitter publishes about itself, open to everybody: its metadata and its keys.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin::transmitter {

// For the loop's thread.
class Documents {
 public:
  // The metadata are shown as they are. config_invalid: no issuer, or no `jwks_uri` below it.
  static Result<std::unique_ptr<Documents>> open(const TransmitterMetadata& metadata,
                                                 const KeySet& keys);

  // Of a transmitter that pushes to receivers agreed on by other means and has no management API.
  static Result<std::unique_ptr<Documents>> open(std::string_view issuer, const KeySet& keys);

  // Shows other keys from now on (KY-42 says when).
  void replace_keys(const KeySet& keys);

  // GET of the metadata, at the path inserted into the issuer (SSF 7.2), and of the key set. The
  // documents must outlive the server.
  std::vector<http::Route> routes() const;

 private:
  struct Document {
    std::string path;
    std::string content_type;
    std::string body;
    std::string etag;
  };
  static Document make_document(std::string path, std::string content_type, std::string body);
  static Document make_jwks(std::string path, const KeySet& keys);
  static http::Route route_to(const Document& document);
  static http::Task<Result<http::Response>> answer(const Document* document, http::Request request);

  Documents(Document metadata, Document jwks)
      : metadata_(std::move(metadata)), jwks_(std::move(jwks)) {}

  Document metadata_;
  Document jwks_;
};

}  // namespace tocsin::transmitter
