#include "delivery/push_answer.h"

#include <algorithm>

#include "base/utf8.h"
#include "delivery/retry_delay.h"
#include "tocsin/json.h"

namespace tocsin::delivery {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         std::ranges::equal(text.substr(0, start.size()), start,
                            [](char a, char b) { return lower(a) == lower(b); });
}

// By its label or by its look: captive portals are careless with both.
bool looks_like_html(std::string_view content_type, std::string_view body) {
  if (body.empty()) return false;
  if (starts_with_ignoring_case(content_type, "text/html")) return true;
  if (starts_with_ignoring_case(content_type, "application/xhtml+xml")) return true;
  const std::size_t start = body.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (start == std::string_view::npos) return false;
  body.remove_prefix(start);
  return starts_with_ignoring_case(body, "<!doctype html") ||
         starts_with_ignoring_case(body, "<html");
}

}  // namespace

PushError parse_push_error(std::string_view body) {
  if (body.size() > push_error_body_max) return {};
  const Result<Json> json = parse_json(body);
  return json ? read_push_error(*json) : PushError();
}

PushError read_push_error(const Json& json) {
  const JsonObject* object = json.as_object();
  if (object == nullptr) return {};
  PushError error;
  const Json* err = object->find("err");
  if (err != nullptr && err->as_string() != nullptr) {
    if (err->as_string()->size() <= push_error_code_max) error.err = *err->as_string();
  }
  const Json* text = object->find("description");
  if (text != nullptr && text->as_string() != nullptr) {
    error.description = utf8_prefix(*text->as_string(), push_error_description_max);
  }
  return error;
}

PushAnswer read_push_answer(const PushResponse& response, std::chrono::sys_seconds now) {
  PushAnswer answer;
  answer.status = response.status;
  if (response.status == 400) answer.error = parse_push_error(response.body);
  answer.retry_after = parse_retry_after(response.retry_after, now);
  answer.is_html = looks_like_html(response.content_type, response.body);
  return answer;
}

}  // namespace tocsin::delivery
