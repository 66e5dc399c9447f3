// The https URL that names an issuer or a resource, and the well-known paths inserted into it.
#pragma once

#include <string>
#include <string_view>

#include "tocsin/result.h"

namespace tocsin::oauth {

struct Base {
  std::string origin;  // "https://tr.example.com"
  std::string path;    // "" or "/tenant", without a slash at its end

  // "/.well-known/NAME/tenant".
  std::string inserted(std::string_view name) const;
};

// config_invalid for what is no https URL, or has a query; `what` says which setting it was.
Result<Base> parse_base(std::string_view url, std::string_view what);

}  // namespace tocsin::oauth
