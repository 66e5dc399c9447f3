#include "oauth/document.h"

#include <memory>
#include <utility>

namespace tocsin::oauth {
namespace {

http::Task<Result<http::Response>> answer(std::shared_ptr<const http::Response> kept) {
  co_return *kept;
}

}  // namespace

http::Route document_route(std::string path, const Json& document, std::string content_type) {
  http::Response response;
  response.headers.add("Content-Type", std::move(content_type));
  response.body = to_text(document);
  const auto kept = std::make_shared<const http::Response>(std::move(response));
  http::Route route;
  route.method = "GET";
  route.path = std::move(path);
  route.access = http::Access::open();
  route.cache_control = "max-age=3600";
  route.handler = [kept](const http::Request&) { return answer(kept); };
  return route;
}

}  // namespace tocsin::oauth
