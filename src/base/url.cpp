#include "base/url.h"

#include <algorithm>
#include <charconv>

#include "base/try.h"
#include "base/uri.h"

namespace tocsin {
namespace {

constexpr std::string_view https_prefix = "https://";
constexpr std::string_view http_prefix = "http://";
constexpr std::size_t name_size_max = 253;
constexpr std::size_t label_size_max = 63;

Error refuse(const char* what) {
  return {Errc::url_syntax, what};
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool has_prefix(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char expected, char c) { return expected == lower(c); });
}

bool is_v6(const IpAddress& address) {
  return address.family == IpAddress::Family::v6;
}

std::uint16_t default_port(std::string_view scheme) {
  return scheme == "https" ? 443 : 80;
}

// "." and "..", escaped or not: a proxy that resolves them would ask for another resource.
bool is_dot_segment(std::string_view segment) {
  std::size_t dots = 0;
  while (!segment.empty()) {
    if (segment.front() == '.') {
      segment.remove_prefix(1);
    } else if (has_prefix(segment, "%2e")) {
      segment.remove_prefix(3);
    } else {
      return false;
    }
    ++dots;
  }
  return dots == 1 || dots == 2;
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    if (is_dot_segment(path.substr(0, end))) return true;
    path.remove_prefix(end);
  }
  return false;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= label_size_max && label.front() != '-' &&
         label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alnum(c) || c == '-'; });
}

// A name whose last label is a number is read as an IPv4 address by inet_aton and by browsers.
bool reads_as_number(std::string_view label) {
  if (has_prefix(label, "0x")) return std::ranges::all_of(label.substr(2), is_hex);
  return std::ranges::all_of(label, is_digit);
}

Result<void> take_name(std::string_view text, Url& url) {
  if (text.size() > name_size_max) return refuse("the host name is longer than 253 octets");
  std::string_view rest = text;
  while (true) {
    const std::size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (!is_label(label)) return refuse("the host is neither a DNS name nor an address");
    if (dot == std::string_view::npos) {
      if (reads_as_number(label)) return refuse("the host is a number, but no IPv4 address");
      break;
    }
    rest.remove_prefix(dot + 1);
  }
  url.host = lowered(text);
  return {};
}

Result<void> take_host(std::string_view text, Url& url) {
  if (text.empty()) return refuse("there is no host");
  const bool bracketed = text.front() == '[' && text.back() == ']';
  const auto address = parse_ip_address(bracketed ? text.substr(1, text.size() - 2) : text);
  if (address && is_v6(*address) == bracketed) {
    url.literal = *address;
    url.host = to_short_text(*address);
    return {};
  }
  if (bracketed) return refuse("the brackets hold no IPv6 address");
  return take_name(text, url);
}

Result<void> take_port(std::string_view digits, Url& url) {
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, url.port);
  if (error != std::errc{} || stop != end || digits.front() == '0') {
    return refuse("the port is not a number from 1 to 65535");
  }
  return {};
}

Result<void> take_authority(std::string_view text, Url& url) {
  if (text.find('@') != std::string_view::npos) return refuse("user-info is not accepted");
  // The colons of an IPv6 address stand in brackets, before the one that starts the port.
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.port = default_port(url.scheme);
  TOCSIN_CHECK(take_host(text.substr(0, colon), url));
  if (colon == std::string_view::npos) return {};
  return take_port(text.substr(colon + 1), url);
}

Result<void> take_path_and_query(std::string_view text, Url& url) {
  const std::size_t mark = text.find('?');
  const std::string_view path = text.substr(0, mark);
  if (!is_uri_path(path)) return refuse("the path has a bad character");
  if (has_dot_segment(path)) return refuse("the path has a dot segment");
  url.path = path;
  if (mark == std::string_view::npos) return {};
  const std::string_view query = text.substr(mark + 1);
  if (!is_uri_query(query)) return refuse("the query has a bad character");
  url.query = query;
  return {};
}

}  // namespace

std::string Url::authority() const {
  std::string text = literal && is_v6(*literal) ? "[" + host + "]" : host;
  if (port != default_port(scheme)) text += ":" + std::to_string(port);
  return text;
}

std::string Url::origin() const {
  return scheme + "://" + authority();
}

std::string Url::target() const {
  std::string text = path.empty() ? "/" : path;
  if (query) text += "?" + *query;
  return text;
}

std::string Url::to_text() const {
  std::string text = origin() + path;
  if (query) text += "?" + *query;
  return text;
}

Result<Url> parse_url(std::string_view text, PlainHttp plain_http) {
  if (text.size() > url_size_max) return refuse("the URL is longer than 2 KiB");
  Url url;
  if (has_prefix(text, https_prefix)) {
    url.scheme = "https";
    text.remove_prefix(https_prefix.size());
  } else if (plain_http == PlainHttp::allowed && has_prefix(text, http_prefix)) {
    url.scheme = "http";
    text.remove_prefix(http_prefix.size());
  } else {
    return refuse("the scheme is not https");
  }
  if (text.find('#') != std::string_view::npos) return refuse("a fragment is not accepted");
  const std::size_t authority_end = std::min(text.find_first_of("/?"), text.size());
  TOCSIN_CHECK(take_authority(text.substr(0, authority_end), url));
  TOCSIN_CHECK(take_path_and_query(text.substr(authority_end), url));
  return url;
}

}  // namespace tocsin
