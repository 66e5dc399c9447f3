#include "oauth/basic.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/base64url.h"
#include "base/try.h"
#include "http/parameters.h"

namespace tocsin::oauth {
namespace {

// The two alphabets of RFC 4648 differ in two characters and the padding.
std::string to_base64(std::string_view octets) {
  std::string text = base64url_encode(octets);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  while (text.size() % 4 != 0) text += '=';
  return text;
}

Result<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return Errc::client_invalid;
  std::string other(text);
  for (int i = 0; i < 2 && other.ends_with('='); ++i) other.pop_back();
  if (other.find_first_of("-_") != std::string::npos) return Errc::client_invalid;
  std::ranges::replace(other, '+', '-');
  std::ranges::replace(other, '/', '_');
  Result<std::string> octets = base64url_decode(other);
  if (!octets) return Errc::client_invalid;
  return octets;
}

Result<std::string> form_decoded(std::string_view text) {
  if (text.find_first_of("&=") != std::string_view::npos) return Errc::client_invalid;
  const auto parameters = http::Parameters::parse("v=" + std::string(text));
  if (!parameters) return Errc::client_invalid;
  return *parameters->find("v");
}

}  // namespace

std::string basic_authorization(const BasicCredentials& credentials) {
  std::string pair;
  http::append_encoded(pair, credentials.client_id);
  pair += ':';
  http::append_encoded(pair, credentials.client_secret);
  return "Basic " + to_base64(pair);
}

Result<BasicCredentials> parse_basic(std::string_view authorization) {
  constexpr std::string_view scheme = "basic ";
  if (!starts_with_ignoring_case(authorization, scheme)) return Errc::client_invalid;
  authorization.remove_prefix(scheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  TOCSIN_TRY(const std::string pair, from_base64(authorization));
  const std::size_t colon = pair.find(':');
  if (colon == std::string::npos) return Errc::client_invalid;
  BasicCredentials credentials;
  TOCSIN_TRY(credentials.client_id, form_decoded(std::string_view(pair).substr(0, colon)));
  TOCSIN_TRY(credentials.client_secret, form_decoded(std::string_view(pair).substr(colon + 1)));
  return credentials;
}

}  // namespace tocsin::oauth
