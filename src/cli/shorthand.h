// What people type, turned into what the wire carries. Errors are config_invalid: they are about
// the command line, and say which word of it and what would have been right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tocsin/json.h"
#include "tocsin/result.h"
#include "tocsin/security_event_token.h"

namespace tocsin::cli {

// "caep:session-revoked" (also risc:, ssf:, scim:, oauth:) or a whole URI, which need not be known.
Result<std::string> parse_event_type(std::string_view text);

// The other way, for people: a type that has no short form is shown as it is.
std::string to_short_event_type(const std::string& uri);

// "email:jdoe@example.com", "iss_sub:ISS,SUB", "opaque:ID" and so on for every format of plain
// members, or a subject as JSON. What it says is judged with the SET.
Result<Json> parse_subject_text(std::string_view text);

// "name=value": the value is JSON, or text if it is no JSON.
Result<JsonMember> parse_member(std::string_view text);

// The names that --profile and --strictness take, and what they ask of a SET.
std::vector<std::string> profile_names();
std::vector<std::string> strictness_names();
Result<SetPolicy> policy_for(std::string_view profile, std::string_view strictness);

}  // namespace tocsin::cli
