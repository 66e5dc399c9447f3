#include "oauth/claims.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace tocsin::oauth {
namespace {

using std::chrono::sys_seconds;

constexpr std::int64_t latest_time = 253'402'300'799;  // the end of the year 9999
constexpr JsonLimits limits{
    .text_max = 64 * 1024, .depth_max = 32, .members_max = 1000, .string_max = 64 * 1024};

Error wrong(std::string_view name) {
  return {Errc::token_invalid, std::string(name)};
}

}  // namespace

Result<JsonObject> parse_claims(std::string_view text) {
  Result<Json> json = parse_json(text, limits);
  if (!json || json->as_object() == nullptr) return wrong("no JSON object");
  return std::move(*json->as_object());
}

Result<std::optional<std::string>> read_string(const JsonObject& claims, std::string_view name) {
  const Json* const member = claims.find(name);
  if (member == nullptr) return std::optional<std::string>();
  if (member->as_string() == nullptr) return wrong(name);
  return std::optional(*member->as_string());
}

Result<std::optional<sys_seconds>> read_time(const JsonObject& claims, std::string_view name) {
  const Json* const member = claims.find(name);
  if (member == nullptr) return std::optional<sys_seconds>();
  const JsonNumber* const number = member->as_number();
  const std::optional<std::int64_t> value = number != nullptr ? number->as_int64() : std::nullopt;
  if (!value || *value < 0 || *value > latest_time) return wrong(name);
  return std::optional(sys_seconds(std::chrono::seconds(*value)));
}

bool names_audience(const Json& aud, std::string_view audience) noexcept {
  const auto is_audience = [&](const Json& value) {
    return value.as_string() != nullptr && *value.as_string() == audience;
  };
  const JsonArray* const several = aud.as_array();
  return several != nullptr ? std::ranges::any_of(*several, is_audience) : is_audience(aud);
}

}  // namespace tocsin::oauth
