#include "app/admin_client.h"

#include <string_view>
#include <utility>

#include "app/api_client.h"
#include "base/try.h"

namespace tocsin::app {
namespace {

std::string text_of(const JsonObject& object, std::string_view name) {
  const Json* member = object.find(name);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? "" : *text;
}

Errc code_of(unsigned status, std::string_view code) {
  if (code == describe(Errc::stream_unknown).defect_class) return Errc::stream_unknown;
  switch (status) {
    case 400:
    case 413:
      return Errc::http_request;
    case 401:
      return Errc::token_invalid;
    case 403:
      return Errc::http_forbidden;
    case 404:
      return Errc::http_not_found;
    case 429:
      return Errc::http_too_many;
    default:
      return Errc::net_answer;
  }
}

Result<JsonObject> call(const AdminCaller& caller, http::OutboundRequest request,
                        const std::string& target) {
  TOCSIN_TRY(request.url, parse_api_url(caller.url + target));
  request.headers.add("Authorization", "Bearer " + caller.token);
  request.response_body_max = api_answer_max;
  TOCSIN_TRY(const http::Response response, send_once(std::move(request), caller.ca_file));
  auto json = parse_json(response.body, {.text_max = api_answer_max, .members_max = 20'000});
  JsonObject* body = json ? json->as_object() : nullptr;
  if (response.status == 200 && body != nullptr) return std::move(*body);
  std::string detail = "status " + std::to_string(response.status);
  if (body == nullptr) return Error(code_of(response.status, ""), std::move(detail));
  const std::string rule = text_of(*body, "rule");
  if (!rule.empty()) detail = text_of(*body, "member") + ": " + rule;
  return Error(code_of(response.status, text_of(*body, "code")), std::move(detail));
}

}  // namespace

std::string admin_url(const Config& config) {
  const bool tls = !config.server.tls_certificate.path.empty();
  return (tls ? "https://" : "http://") + config.admin.listen.to_text();
}

Result<JsonObject> get_admin(const AdminCaller& caller, const std::string& target) {
  http::OutboundRequest request;
  request.method = "GET";
  return call(caller, std::move(request), target);
}

Result<JsonObject> post_admin(const AdminCaller& caller, const std::string& path,
                              const JsonObject& body) {
  http::OutboundRequest request;
  request.method = "POST";
  request.headers.add("Content-Type", "application/json");
  request.body = to_text(body);
  return call(caller, std::move(request), path);
}

}  // namespace tocsin::app
