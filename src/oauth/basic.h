// Client credentials in an Authorization header (RFC 6749 2.3.1, RFC 7617): both are form-encoded
// before they are put together, so that a colon in an id means nothing.
#pragma once

#include <string>
#include <string_view>

#include "tocsin/result.h"

namespace tocsin::oauth {

struct BasicCredentials {
  std::string client_id;
  std::string client_secret;
};

// "Basic ...", the value of the header.
std::string basic_authorization(const BasicCredentials& credentials);

// client_invalid for another scheme and for what is not written as above.
Result<BasicCredentials> parse_basic(std::string_view authorization);

}  // namespace tocsin::oauth
