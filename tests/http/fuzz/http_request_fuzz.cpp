// Requests one after the other, as a connection reads them, against the strict reader.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "check_body.h"
#include "http/wire.h"
#include "strict_http.h"

namespace {

using namespace tocsin;

struct Expected {
  std::string method;
  std::string path;
  std::string query;
  fuzz::StrictBody body;
  fuzz::StrictHead head;
  bool keep_alive = true;
  bool expects_continue = false;
};

std::optional<Expected> strict_request(const std::string& text) {
  const auto head = fuzz::strict_head(text);
  if (!head) return std::nullopt;
  const std::string& method = head->first_line[0];
  if (method.empty() || !fuzz::only(method, fuzz::token_set)) return std::nullopt;
  if (head->first_line[2] != "HTTP/1.1") return std::nullopt;
  const auto target = fuzz::strict_target(head->first_line[1]);
  const auto hosts = fuzz::values(head->fields, "host");
  const auto body = fuzz::strict_framing(head->fields, true);
  if (!target || !body || hosts.size() != 1 || !fuzz::strict_host(hosts[0])) return std::nullopt;
  const auto expectations = fuzz::values(head->fields, "expect");
  if (expectations.size() > 1) return std::nullopt;
  if (expectations.size() == 1 && fuzz::lower(expectations[0]) != "100-continue") {
    return std::nullopt;
  }
  return Expected{method,
                  target->first,
                  target->second,
                  *body,
                  *head,
                  !fuzz::strict_has_token(head->fields, "connection", "close"),
                  !expectations.empty()};
}

void compare(const http::RequestHead& ours, const Expected& expected) {
  TOCSIN_ASSERT(ours.request.method == expected.method);
  TOCSIN_ASSERT(ours.request.path == expected.path);
  TOCSIN_ASSERT(ours.request.query == expected.query);
  TOCSIN_ASSERT(ours.keep_alive == expected.keep_alive);
  TOCSIN_ASSERT(ours.expects_continue == expected.expects_continue);
  TOCSIN_ASSERT(ours.request.headers.size() == expected.head.fields.size());
  std::size_t i = 0;
  for (const http::Header& header : ours.request.headers) {
    TOCSIN_ASSERT(header.name == expected.head.fields[i].first);
    TOCSIN_ASSERT(header.value == expected.head.fields[i].second);
    ++i;
  }
  const bool chunked = expected.body.framing == fuzz::StrictFraming::chunked;
  TOCSIN_ASSERT((ours.framing.kind == http::Framing::Kind::chunked) == chunked);
  TOCSIN_ASSERT(ours.framing.length == expected.body.length);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  while (!bytes.empty()) {
    const std::size_t end = http::find_head_end(bytes);
    // However the bytes are cut, the end is found where it is.
    for (const std::size_t searched : {bytes.size() / 3, bytes.size() / 2}) {
      if (http::find_head_end(bytes.substr(0, searched)) != std::string_view::npos) continue;
      TOCSIN_ASSERT(http::find_head_end(bytes, searched) == end);
    }
    if (end == std::string_view::npos) return 0;
    const std::string head(bytes.substr(0, end));
    const auto ours = http::parse_request_head(head);
    const auto expected = strict_request(head);
    TOCSIN_ASSERT(ours.has_value() == expected.has_value());
    if (!ours) return 0;
    compare(*ours, *expected);
    bytes.remove_prefix(end);
    const auto used = fuzz::check_body(ours->framing, bytes);
    if (!used) return 0;
    bytes.remove_prefix(*used);
  }
  return 0;
}
