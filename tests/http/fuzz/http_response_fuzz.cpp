// One response, as the client reads it, against the strict reader. The first byte chooses the
// method that was asked with.
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
  unsigned status = 0;
  fuzz::StrictHead head;
  http::Framing framing;
  bool keep_alive = false;
};

std::optional<Expected> strict_response(const std::string& text, const std::string& method) {
  const auto head = fuzz::strict_head(text);
  if (!head) return std::nullopt;
  const std::string& version = head->first_line[0];
  const std::string& status = head->first_line[1];
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return std::nullopt;
  if (status.size() != 3 || !fuzz::only(status, fuzz::digits)) return std::nullopt;
  Expected expected{static_cast<unsigned>(std::stoul(status)), *head, {}, false};
  if (expected.status < 100 || expected.status > 599) return std::nullopt;
  const auto body = fuzz::strict_framing(head->fields, version == "HTTP/1.1");
  if (!body) return std::nullopt;
  const bool empty =
      method == "HEAD" || expected.status < 200 || expected.status == 204 || expected.status == 304;
  if (!empty) {
    expected.framing.length = body->length;
    if (body->framing == fuzz::StrictFraming::none) {
      expected.framing.kind = http::Framing::Kind::until_close;
    } else if (body->framing == fuzz::StrictFraming::chunked) {
      expected.framing.kind = http::Framing::Kind::chunked;
    }
  }
  expected.keep_alive = version == "HTTP/1.1" &&
                        expected.framing.kind != http::Framing::Kind::until_close &&
                        !fuzz::strict_has_token(head->fields, "connection", "close");
  return expected;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string method = data[0] % 2 == 0 ? "POST" : "HEAD";
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t end = http::find_head_end(bytes);
  if (end == std::string_view::npos) return 0;
  const std::string head(bytes.substr(0, end));
  const auto ours = http::parse_response_head(head, method);
  const auto expected = strict_response(head, method);
  TOCSIN_ASSERT(ours.has_value() == expected.has_value());
  if (!ours) return 0;
  TOCSIN_ASSERT(ours->response.status == expected->status);
  TOCSIN_ASSERT(ours->keep_alive == expected->keep_alive);
  TOCSIN_ASSERT(ours->framing.kind == expected->framing.kind);
  TOCSIN_ASSERT(ours->framing.length == expected->framing.length);
  TOCSIN_ASSERT(ours->response.headers.size() == expected->head.fields.size());
  std::size_t i = 0;
  for (const http::Header& header : ours->response.headers) {
    TOCSIN_ASSERT(header.name == expected->head.fields[i].first);
    TOCSIN_ASSERT(header.value == expected->head.fields[i].second);
    ++i;
  }
  fuzz::check_body(ours->framing, bytes.substr(end));
  return 0;
}
