#include "app/config_rules.h"

#include <algorithm>

#include "app/event_pattern.h"
#include "base/base64url.h"
#include "base/ip_network.h"
#include "base/uri.h"
#include "base/url.h"
#include "tocsin/json.h"
#include "tocsin/keys.h"
#include "tocsin/subject.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin::app::rule {
namespace {

constexpr std::size_t sha256_octets = 32;
constexpr std::size_t name_max = 256;  // octets

bool is_visible(std::string_view text) {
  return !text.empty() && text.size() <= name_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

// Listeners on loopback may be plain, and so may the URL that names them.
bool is_loopback(const Url& url) {
  return url.host == "localhost" ||
         (url.literal && ListenAddress{*url.literal, url.port}.is_loopback());
}

bool is_origin(std::string_view text) {
  const auto url = parse_url(text, PlainHttp::allowed);
  return url && !url->query && url->path.empty() && (url->is_https() || is_loopback(*url));
}

bool is_subject(std::string_view text) {
  auto json = parse_json(text);
  return json && parse_subject(*std::move(json)).has_value();
}

bool is_host(std::string_view text) {
  const auto url = parse_url("https://" + std::string(text));
  return url && url->host == text;
}

}  // namespace

constinit const KeyRule algorithm{"RS256, PS256, ES256 or EdDSA", [](std::string_view text) {
                                    return text == "RS256" || text == "PS256" || text == "ES256" ||
                                           text == "EdDSA";
                                  }};
constinit const KeyRule default_subjects{
    "ALL or NONE", [](std::string_view text) { return text == "ALL" || text == "NONE"; }};
constinit const KeyRule delivery{
    "push or poll", [](std::string_view text) { return text == "push" || text == "poll"; }};
constinit const KeyRule event_pattern{
    "an event type: caep:*, risc:account-disabled, or a URI",
    [](std::string_view text) { return expand_event_pattern(text).has_value(); }};
constinit const KeyRule host{"a host name in lower case", is_host};
constinit const KeyRule issuer{"an https URL without query and fragment",
                               [](std::string_view text) { return is_issuer(text); }};
constinit const KeyRule log_level{"error, warning, info or debug", [](std::string_view text) {
                                    return text == "error" || text == "warning" || text == "info" ||
                                           text == "debug";
                                  }};
constinit const KeyRule name{"1 to 256 visible ASCII characters without space", is_visible};
constinit const KeyRule network{
    "a network such as 10.0.0.0/8, or an address",
    [](std::string_view text) { return parse_ip_network(text).has_value(); }};
constinit const KeyRule origin{"an https URL without path (http only for loopback)", is_origin};
constinit const KeyRule path_segment{
    "1 to 64 of a-z, 0-9, - and _", [](std::string_view text) {
      return !text.empty() && text.size() <= 64 &&
             std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
             });
    }};
constinit const KeyRule profile{"ssf1 or caep-interop", [](std::string_view text) {
                                  return text == "ssf1" || text == "caep-interop";
                                }};
constinit const KeyRule sink_type{"ndjson or webhook", [](std::string_view text) {
                                    return text == "ndjson" || text == "webhook";
                                  }};
constinit const KeyRule scope{"one word of visible ASCII", [](std::string_view text) {
                                return is_visible(text) && text.find_first_of("\"\\") == text.npos;
                              }};
constinit const KeyRule proxy_header{"X-Forwarded-For or Forwarded", [](std::string_view text) {
                                       return text == "X-Forwarded-For" || text == "Forwarded";
                                     }};
constinit const KeyRule sha256{"the SHA-256 of a secret as base64url, 43 characters",
                               [](std::string_view text) {
                                 const auto octets = base64url_decode(text);
                                 return octets && octets->size() == sha256_octets;
                               }};
constinit const KeyRule store_url{"sqlite:FILE", [](std::string_view text) {
                                    return text.starts_with("sqlite:") && text.size() > 7;
                                  }};
constinit const KeyRule subject{"a subject identifier as JSON", is_subject};
constinit const KeyRule subject_namespace{
    "a subject format, or FORMAT:ORIGIN such as email:example.com", [](std::string_view text) {
      const std::string_view format = text.substr(0, text.find(':'));
      return is_visible(text) && !format.empty() &&
             std::all_of(format.begin(), format.end(),
                         [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '-'; });
    }};
constinit const KeyRule subject_scope{"all, listed or none", [](std::string_view text) {
                                        return text == "all" || text == "listed" || text == "none";
                                      }};
constinit const KeyRule uri{"a URI", [](std::string_view text) { return is_string_or_uri(text); }};
constinit const KeyRule url{"an https URL",
                            [](std::string_view text) { return parse_url(text).has_value(); }};

}  // namespace tocsin::app::rule
