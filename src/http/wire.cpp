// The only translation unit that includes Beast: its parser splits heads into fields. What it would
// let pass (chunked beside other codings or in HTTP/1.0, folded or repeated fields) is refused
// around it.
#include "http/wire.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <limits>
#include <optional>

#include "base/try.h"

namespace tocsin::http {
namespace {

namespace beast = boost::beast;

constexpr std::size_t size_digits_max = 15;        // hexadecimal, of one chunk
constexpr std::size_t decoration_max = 16 * 1024;  // chunk extensions and trailers of one body
constexpr std::size_t no_position = std::string_view::npos;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_token_char(char c) {
  return is_alpha(c) || is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != no_position;
}

// What may stand in a line: no control characters but the tab (RFC 9110 5.5).
bool is_text_char(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet == '\t' || (octet >= 0x20 && octet != 0x7f);
}

bool is_target_char(char c) {
  return is_alpha(c) || is_digit(c) ||
         std::string_view("-._~:/?@!$&'()*+,;=%").find(c) != no_position;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == no_position) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Every line ends in CRLF, none is a continuation of the one before, nothing is a control
// character, and the first line is not empty.
bool is_clean(std::string_view head) {
  bool line_start = true;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const char c = head[i];
    if (c == '\r') {
      if (i == 0 || i + 1 == head.size() || head[i + 1] != '\n') return false;
      ++i;
      line_start = true;
      continue;
    }
    if (!is_text_char(c) || (line_start && (c == ' ' || c == '\t'))) return false;
    line_start = false;
  }
  return true;
}

// Collects what Beast's parser splits a head into.
template <bool is_request>
class HeadParser final : public beast::http::basic_parser<is_request> {
 public:
  explicit HeadParser(const HeadLimits& limits) : limits_(limits) {
    this->eager(false);
    this->header_limit(std::numeric_limits<std::uint32_t>::max());
    this->body_limit(boost::none);
  }

  // Errors: `malformed`, http_head_too_large.
  Result<void> parse(std::string_view head, Errc malformed) {
    if (head.size() > limits_.bytes_max) return Errc::http_head_too_large;
    if (!is_clean(head)) return Error(malformed, "line ends or control characters in the head");
    beast::error_code error;
    const std::size_t used = this->put(boost::asio::buffer(head.data(), head.size()), error);
    if (headers.size() > limits_.headers_max) return Errc::http_head_too_large;
    if (error) return Error(malformed, error.message());
    if (!this->is_header_done() || used != head.size()) return Error(malformed, "head not ended");
    return {};
  }

  std::string method;
  std::string target;
  unsigned status = 0;
  int version = 0;  // 10 or 11
  Headers headers;

 private:
  using View = beast::string_view;
  using Code = beast::error_code;

  void on_request_impl(beast::http::verb, View name, View where, int v, Code&) override {
    method.assign(name.data(), name.size());
    target.assign(where.data(), where.size());
    version = v;
  }
  void on_response_impl(int code, View, int v, Code&) override {
    status = static_cast<unsigned>(code);
    version = v;
  }
  void on_field_impl(beast::http::field, View name, View value, Code& error) override {
    headers.add(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    if (headers.size() > limits_.headers_max) error = beast::http::error::header_limit;
  }
  void on_header_impl(Code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, Code&) override {}
  std::size_t on_body_impl(View, Code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, View, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View, Code&) override { return 0; }
  void on_finish_impl(Code&) override {}

  const HeadLimits limits_;
};

// The framing the headers ask for, or nothing if they ask for none. A reason to refuse in `why`.
struct Asked {
  std::optional<Framing> framing;
  std::string_view why;
};

Asked asked_framing(const Headers& headers, int version) {
  const std::size_t lengths = headers.count("Content-Length");
  const std::size_t codings = headers.count("Transfer-Encoding");
  if (lengths + codings == 0) return {std::nullopt, {}};
  if (lengths + codings > 1) return {std::nullopt, "more than one framing"};
  if (codings == 1) {
    if (version != 11) return {std::nullopt, "transfer coding before HTTP/1.1"};
    if (!same_letters(*headers.find("Transfer-Encoding"), "chunked")) {
      return {std::nullopt, "transfer coding other than chunked"};
    }
    return {Framing{Framing::Kind::chunked, 0}, {}};
  }
  const std::string& digits = *headers.find("Content-Length");
  Framing framing;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, framing.length);
  if (error != std::errc() || stop != end || !std::ranges::all_of(digits, is_digit)) {
    return {std::nullopt, "content length is not a number"};
  }
  return {framing, {}};
}

bool is_host(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return is_alpha(c) || is_digit(c) || std::string_view("-._~%[]:").find(c) != no_position;
  });
}

// Origin form, or absolute form, whose authority is as little use to us as Host (SEC-50).
bool split_target(std::string_view target, Request& request) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same_letters(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t authority = target.find_first_of("/?");
    if (authority == no_position || target[authority] != '/' ||
        !is_host(target.substr(0, authority))) {
      return false;
    }
    target.remove_prefix(authority);
    break;
  }
  if (!target.starts_with('/') || !std::ranges::all_of(target, is_target_char)) return false;
  for (std::size_t i = target.find('%'); i != no_position; i = target.find('%', i + 1)) {
    if (i + 2 >= target.size() || hex_value(target[i + 1]) < 0 || hex_value(target[i + 2]) < 0) {
      return false;
    }
  }
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != no_position) request.query = target.substr(question + 1);
  return true;
}

bool has_no_body(std::string_view request_method, unsigned status) {
  return request_method == "HEAD" || status < 200 || status == 204 || status == 304;
}

}  // namespace

std::size_t find_head_end(std::string_view bytes, std::size_t searched) noexcept {
  for (std::size_t lf = bytes.find('\n', searched); lf != no_position;
       lf = bytes.find('\n', lf + 1)) {
    const bool bare = lf == 0 || bytes[lf - 1] != '\r';
    const bool blank = lf == 1 || (lf >= 3 && bytes[lf - 2] == '\n');
    if (bare || blank) return lf + 1;
  }
  return no_position;
}

Result<RequestHead> parse_request_head(std::string_view head, const HeadLimits& limits) {
  HeadParser<true> parser(limits);
  TOCSIN_CHECK(parser.parse(head, Errc::http_request));
  const Headers& headers = parser.headers;
  if (parser.version != 11) return Error(Errc::http_request, "version");
  if (headers.count("Host") != 1 || !is_host(*headers.find("Host"))) {
    return Error(Errc::http_request, "host");
  }
  const Asked asked = asked_framing(headers, parser.version);
  if (!asked.why.empty()) return Error(Errc::http_request, std::string(asked.why));
  const std::string* expectation = headers.find("Expect");
  if (expectation != nullptr &&
      (headers.count("Expect") != 1 || !same_letters(*expectation, "100-continue"))) {
    return Error(Errc::http_request, "expectation");
  }
  RequestHead result;
  if (!split_target(parser.target, result.request)) return Error(Errc::http_request, "target");
  result.framing = asked.framing.value_or(Framing{});
  result.keep_alive = !has_token(headers, "Connection", "close");
  result.expects_continue = expectation != nullptr;
  result.request.method = std::move(parser.method);
  result.request.headers = std::move(parser.headers);
  return result;
}

Result<ResponseHead> parse_response_head(std::string_view head, std::string_view request_method,
                                         const HeadLimits& limits) {
  HeadParser<false> parser(limits);
  if (auto parsed = parser.parse(head, Errc::net_answer); !parsed) {
    return Error(Errc::net_answer, parsed.error().to_string());
  }
  if (parser.status < 100 || parser.status > 599) return Error(Errc::net_answer, "status");
  const Asked asked = asked_framing(parser.headers, parser.version);
  if (!asked.why.empty()) return Error(Errc::net_answer, std::string(asked.why));
  ResponseHead result;
  if (!has_no_body(request_method, parser.status)) {
    result.framing = asked.framing.value_or(Framing{Framing::Kind::until_close, 0});
  }
  result.keep_alive = parser.version == 11 && result.framing.kind != Framing::Kind::until_close &&
                      !has_token(parser.headers, "Connection", "close");
  result.response.status = parser.status;
  result.response.headers = std::move(parser.headers);
  return result;
}

Result<BodyReader> BodyReader::open(const Framing& framing, std::size_t body_max) {
  if (framing.kind == Framing::Kind::length && framing.length > body_max) {
    return Errc::http_too_large;
  }
  return BodyReader(framing, body_max);
}

BodyReader::BodyReader(const Framing& framing, std::size_t body_max)
    : kind_(framing.kind), state_(State::data), body_max_(body_max), left_(framing.length) {
  if (kind_ == Framing::Kind::chunked) state_ = State::size;
  if (kind_ == Framing::Kind::until_close) left_ = std::numeric_limits<std::uint64_t>::max();
  if (kind_ == Framing::Kind::length && left_ == 0) state_ = State::done;
}

Result<std::size_t> BodyReader::feed(std::string_view bytes, std::string& body) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ != State::done) {
    if (state_ == State::data) {
      const auto part =
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - used));
      if (part > body_max_ - body.size()) return Errc::http_too_large;
      body.append(bytes, used, part);
      used += part;
      left_ -= part;
      if (left_ == 0) state_ = kind_ == Framing::Kind::chunked ? State::data_cr : State::done;
      continue;
    }
    if (!step(bytes[used++])) return Error(Errc::http_request, "chunked framing");
    // A chunk is refused when its size is known, before its bytes are.
    if (state_ == State::data && left_ > body_max_ - body.size()) return Errc::http_too_large;
    if (decoration_ > decoration_max) return Error(Errc::http_request, "decorated chunks");
  }
  return used;
}

// One byte of chunked framing; false if it does not belong there. Chunk extensions and trailers are
// read over: nobody here understands any.
bool BodyReader::step(char c) {
  const auto go = [this](State next) {
    state_ = next;
    return true;
  };
  switch (state_) {
    case State::size: {
      if (const int digit = hex_value(c); digit >= 0) {
        left_ = left_ * 16 + static_cast<unsigned>(digit);
        return ++digits_ <= size_digits_max;
      }
      if (digits_ == 0) return false;
      if (c == ';') return go(State::extension);
      return c == '\r' && go(State::size_lf);
    }
    case State::extension:
      ++decoration_;
      return c == '\r' ? go(State::size_lf) : is_text_char(c);
    case State::size_lf:
      digits_ = 0;
      return c == '\n' && go(left_ == 0 ? State::trailer : State::data);
    case State::data_cr:
      return c == '\r' && go(State::data_lf);
    case State::data_lf:
      return c == '\n' && go(State::size);
    case State::trailer:
      ++decoration_;
      return c == '\r' ? go(State::last_lf) : is_token_char(c) && go(State::trailer_name);
    case State::trailer_name:
      ++decoration_;
      return c == ':' ? go(State::trailer_value) : is_token_char(c);
    case State::trailer_value:
      ++decoration_;
      return c == '\r' ? go(State::trailer_lf) : is_text_char(c);
    case State::trailer_lf:
      return c == '\n' && go(State::trailer);
    case State::last_lf:
      return c == '\n' && go(State::done);
    case State::data:
    case State::done:
      break;
  }
  return false;
}

Result<void> BodyReader::end() {
  if (state_ == State::data && kind_ == Framing::Kind::until_close) state_ = State::done;
  if (state_ != State::done) return Error(Errc::http_request, "body was cut");
  return {};
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

bool is_header(std::string_view name, std::string_view value) noexcept {
  return !name.empty() && std::ranges::all_of(name, is_token_char) &&
         std::ranges::all_of(value, is_text_char);
}

std::string_view reason_phrase(unsigned status) noexcept {
  const auto known = beast::http::int_to_status(status);
  if (known == beast::http::status::unknown) return {};
  const auto reason = beast::http::obsolete_reason(known);
  return {reason.data(), reason.size()};
}

void append_status_line(std::string& out, unsigned status) {
  out += "HTTP/1.1 ";
  out += std::to_string(status);
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
}

bool has_token(const Headers& headers, std::string_view name, std::string_view token) noexcept {
  for (const Header& header : headers) {
    if (!same_letters(header.name, name)) continue;
    std::string_view list = header.value;
    while (!list.empty()) {
      const std::size_t comma = list.find(',');
      if (same_letters(trimmed(list.substr(0, comma)), token)) return true;
      list = comma == no_position ? std::string_view() : list.substr(comma + 1);
    }
  }
  return false;
}

}  // namespace tocsin::http
