#include "http/exchange.h"

#include <algorithm>
#include <array>
#include <optional>

namespace tocsin::http {
namespace {

constexpr std::size_t read_size = 4096;
constexpr int interim_max = 8;  // answers of status 1xx before the one that counts

// Headers that decide how the message is framed or what becomes of the connection.
constexpr std::array<std::string_view, 8> reserved{
    "Host", "Content-Length",  "Connection", "Transfer-Encoding",
    "TE",   "Accept-Encoding", "Expect",     "Upgrade"};

bool is_identity(const Headers& headers) {
  const std::string* coding = headers.find("Content-Encoding");
  if (coding == nullptr) return true;
  return headers.count("Content-Encoding") == 1 && coding->find(',') == std::string::npos &&
         has_token(headers, "Content-Encoding", "identity");
}

Error not_acceptable(const Error& error) {
  return {Errc::net_answer, std::string(describe(error.code).name) + ": " + error.detail};
}

// Takes one answer out of the bytes that come. Pure: fed by the coroutine below.
class AnswerReader {
 public:
  AnswerReader(std::string_view method, const AnswerLimits& limits)
      : method_(method), limits_(limits) {}

  // Errors: net_answer.
  Result<void> feed(std::string_view bytes);
  // The peer ended the stream. Error: net_closed.
  Result<void> end();

  bool is_done() const noexcept { return body_ && body_->is_done(); }
  bool is_untouched() const noexcept { return untouched_; }
  // Whether the connection may carry another request. Only once done.
  bool leaves_connection() const noexcept { return head_.keep_alive && !surplus_; }
  Response take_response() { return std::move(head_.response); }

 private:
  Result<void> take_heads();
  Result<void> take_body(std::string_view bytes);

  const std::string_view method_;
  const AnswerLimits limits_;
  std::string head_bytes_;
  std::size_t searched_ = 0;  // of the head's bytes, for its end
  int interim_ = 0;
  ResponseHead head_;
  std::optional<BodyReader> body_;
  bool untouched_ = true;
  bool surplus_ = false;
};

Result<void> AnswerReader::feed(std::string_view bytes) {
  untouched_ = false;
  if (body_) return take_body(bytes);
  head_bytes_ += bytes;
  return take_heads();
}

Result<void> AnswerReader::take_heads() {
  while (true) {
    const std::size_t end = find_head_end(head_bytes_, searched_);
    if (end == std::string_view::npos) {
      searched_ = head_bytes_.size();
      if (head_bytes_.size() <= limits_.head.bytes_max) return {};
      return Error(Errc::net_answer, "the head is too large");
    }
    auto head =
        parse_response_head(std::string_view(head_bytes_).substr(0, end), method_, limits_.head);
    if (!head) return std::move(head).error();
    const unsigned status = head->response.status;
    if (status == 101) return Error(Errc::net_answer, "switches to a protocol nobody asked for");
    if (status >= 200) {
      head_ = *std::move(head);
      auto body = BodyReader::open(head_.framing, limits_.body_max);
      if (!body) return not_acceptable(body.error());
      body_ = *std::move(body);
      return take_body(std::string(head_bytes_, end));
    }
    if (++interim_ > interim_max) return Error(Errc::net_answer, "too many interim answers");
    head_bytes_.erase(0, end);
    searched_ = 0;
  }
}

Result<void> AnswerReader::take_body(std::string_view bytes) {
  std::string& body = head_.response.body;
  auto used = body_->feed(bytes, body);
  if (!used) return not_acceptable(used.error());
  if (*used < bytes.size()) surplus_ = true;
  if (!body.empty() && !is_identity(head_.response.headers)) {
    return Error(Errc::net_answer, "the body has a content coding");
  }
  return {};
}

Result<void> AnswerReader::end() {
  if (body_ && body_->end()) return {};
  return Error(Errc::net_closed, untouched_ ? "no answer" : "the answer was cut");
}

}  // namespace

Result<std::string> request_bytes(const OutboundRequest& request) {
  if (!is_header(request.method, "")) return Error(Errc::http_request, "method");
  std::string bytes;
  bytes.reserve(512 + request.body.size());
  bytes += request.method;
  bytes += ' ';
  bytes += request.url.target();
  bytes += " HTTP/1.1\r\n";
  append_header(bytes, "Host", request.url.authority());
  for (const std::string_view name : reserved) {
    if (request.headers.find(name) != nullptr) {
      return Error(Errc::http_request, std::string(name) + " is not the caller's to set");
    }
  }
  for (const Header& header : request.headers) {
    if (!is_header(header.name, header.value)) return Error(Errc::http_request, "header");
    append_header(bytes, header.name, header.value);
  }
  append_header(bytes, "Accept-Encoding", "identity");
  // A length for every method that may have content, so that no server waits for an end
  // (RFC 9110 8.6).
  if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD")) {
    append_header(bytes, "Content-Length", std::to_string(request.body.size()));
  }
  bytes += "\r\n";
  bytes += request.body;
  return bytes;
}

Task<Exchange> exchange(Stream& stream, std::string_view request, std::string_view method,
                        AnswerLimits limits, Deadline deadline) {
  AnswerReader reader(method, limits);
  const auto failed = [&reader](Error error) {
    return Exchange{std::move(error), false, reader.is_untouched()};
  };
  const Result<void> written = co_await stream.write(request, deadline);
  // A peer may refuse before it has read everything and close: its answer may have come anyway.
  if (!written && written.error().code != Errc::net_closed) co_return failed(written.error());

  std::array<char, read_size> buffer;
  while (!reader.is_done()) {
    const Result<std::size_t> got = co_await stream.read_some(buffer, deadline);
    if (!got) co_return failed(got.error());
    const Result<void> taken =
        *got == 0 ? reader.end() : reader.feed(std::string_view(buffer.data(), *got));
    if (!taken) co_return failed(taken.error());
  }
  const bool reusable = written.has_value() && reader.leaves_connection();
  co_return Exchange{reader.take_response(), reusable, false};
}

}  // namespace tocsin::http
