// The URL parser against itself (what it accepts is written back and read again unchanged), against
// the regular expression of RFC 3986 appendix B, and against the C library's idea of a number.
#include <arpa/inet.h>

#include <regex>

#include "base/assert.h"
#include "base/url.h"

namespace {

void check_against_rfc_3986(const tocsin::Url& url) {
  static const std::regex generic(R"(^(([^:/?#]+):)?(//([^/?#]*))?([^?#]*)(\?([^#]*))?(#(.*))?)");
  const std::string text = url.to_text();
  std::smatch match;
  TOCSIN_ASSERT(std::regex_match(text, match, generic));
  TOCSIN_ASSERT(match[2] == url.scheme);
  TOCSIN_ASSERT(match[4] == url.authority());
  TOCSIN_ASSERT(match[5] == url.path);
  TOCSIN_ASSERT(match[6].matched == url.query.has_value());
  TOCSIN_ASSERT(!url.query || match[7] == *url.query);
  TOCSIN_ASSERT(!match[8].matched);
}

void check_host(const tocsin::Url& url) {
  in_addr number{};
  const bool reads_as_v4 = inet_aton(url.host.c_str(), &number) != 0;
  TOCSIN_ASSERT(reads_as_v4 ==
                (url.literal && url.literal->family == tocsin::IpAddress::Family::v4));
  if (url.literal) TOCSIN_ASSERT(tocsin::parse_ip_address(url.host) == url.literal);
  for (const char c : url.host) TOCSIN_ASSERT(c > ' ' && c < '\x7f' && !(c >= 'A' && c <= 'Z'));
}

void check_target(const tocsin::Url& url) {
  const std::string target = url.target();
  TOCSIN_ASSERT(target.front() == '/');
  for (const char c : target) TOCSIN_ASSERT(c > ' ' && c < '\x7f' && c != '\\' && c != '#');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto url = tocsin::parse_url(text, tocsin::PlainHttp::allowed);
  const auto strict = tocsin::parse_url(text);
  TOCSIN_ASSERT(strict.has_value() == (url && url->is_https()));
  if (!url) return 0;
  TOCSIN_ASSERT(url->port != 0);
  TOCSIN_ASSERT(tocsin::parse_url(url->to_text(), tocsin::PlainHttp::allowed).value() == *url);
  check_against_rfc_3986(*url);
  check_host(*url);
  check_target(*url);
  return 0;
}
