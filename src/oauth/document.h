// A JSON document that is the same for everybody until it is replaced with its server.
#pragma once

#include <string>

#include "http/router.h"
#include "tocsin/json.h"

namespace tocsin::oauth {

// GET `path`, open to all, cacheable for an hour.
http::Route document_route(std::string path, const Json& document,
                           std::string content_type = "application/json");

}  // namespace tocsin::oauth
