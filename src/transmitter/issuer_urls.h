// Where the parts of one issuer of ours are. Every URL and every path is built from the issuer of
// the configuration, never from a request (SEC-50).
#pragma once

#include <string>
#include <string_view>

#include "tocsin/result.h"

namespace tocsin::transmitter {

inline constexpr std::string_view jwks_path = "/jwks.json";  // below the issuer's

class IssuerUrls {
 public:
  // config_invalid if `issuer` is none (SSF 7.1), or cannot be called.
  static Result<IssuerUrls> of(std::string_view issuer);

  const std::string& issuer() const noexcept { return issuer_; }

  // "/a/ssf/streams" and "https://tr.example.com/a/ssf/streams" for "/ssf/streams".
  std::string path(std::string_view below) const { return base_ + std::string(below); }
  std::string url(std::string_view below) const { return origin_ + path(below); }

  // The well-known part before the issuer's path (SSF 7.2.1), or any other document of that kind.
  std::string well_known_path(std::string_view name) const {
    return "/.well-known/" + std::string(name) + base_;
  }

 private:
  IssuerUrls(std::string issuer, std::string origin, std::string base)
      : issuer_(std::move(issuer)), origin_(std::move(origin)), base_(std::move(base)) {}

  std::string issuer_;
  std::string origin_;
  std::string base_;  // the issuer's path, less one slash at the end
};

}  // namespace tocsin::transmitter
