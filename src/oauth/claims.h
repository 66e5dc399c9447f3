// Claims by type, for the tokens and assertions of this room. Each reader refuses with
// token_invalid; its detail is the claim's name.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin::oauth {

// The payload of a JWT: an object within the limits of a token.
Result<JsonObject> parse_claims(std::string_view text);

// A member that is a string where it is present.
Result<std::optional<std::string>> read_string(const JsonObject& claims, std::string_view name);

// A NumericDate in whole seconds, of a time that can be computed with, where it is present.
Result<std::optional<std::chrono::sys_seconds>> read_time(const JsonObject& claims,
                                                          std::string_view name);

// Whether an `aud` claim, one name or several, has this one.
bool names_audience(const Json& aud, std::string_view audience) noexcept;

}  // namespace tocsin::oauth
