#include "subject/forms.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace tocsin::subject {
namespace {

// Folded: see fold().
constexpr std::array<std::string_view, 18> taken{
    "account",
    "email",
    "iss_sub",
    "opaque",
    "phone_number",
    "did",
    "uri",
    "jwt_id",
    "ip_addresses",
    "scim",
    "aliases",
    "complex",
    "saml_assertion_id",
    // RISC and SSE drafts, OAuth Event Types, Google (subjects.md section 6)
    "phone",
    "ip",
    "id_token_claims",
    "oauth_token",
    "oauth_client",
};

constexpr char fold(char c) {
  return c == '-' ? '_' : ascii_lower(c);
}

}  // namespace

bool is_taken_format(std::string_view format) noexcept {
  return std::ranges::any_of(taken, [format](std::string_view name) {
    return std::ranges::equal(format, name, {}, fold);
  });
}

}  // namespace tocsin::subject
