// HTTP/1.1 as bytes: heads read and written, bodies taken out of their framing. Pure functions and
// values, no sockets. What could be read in two ways is refused (SEC-46).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"
#include "tocsin/result.h"

namespace tocsin::http {

// The end of the head at the front of `bytes`: one past its blank line, or past the first line that
// ends in a bare LF, which the parsers then refuse. npos while there is no end yet. The first
// `searched` bytes were searched before.
std::size_t find_head_end(std::string_view bytes, std::size_t searched = 0) noexcept;

struct HeadLimits {
  std::size_t bytes_max = 16 * 1024;
  std::size_t headers_max = 100;
};

// How the body that follows a head is delimited.
struct Framing {
  enum class Kind : std::uint8_t {
    length,       // `length` bytes, perhaps none
    chunked,      // RFC 9112 7.1
    until_close,  // responses only
  };
  Kind kind = Kind::length;
  std::uint64_t length = 0;
};

struct RequestHead {
  Request request;  // `body` and `peer` are still empty
  Framing framing;
  bool keep_alive = true;         // as far as the peer is concerned
  bool expects_continue = false;  // it waits for 100 before it sends the body
};

// `head` ends where find_head_end() says. Errors: http_request, http_head_too_large.
Result<RequestHead> parse_request_head(std::string_view head, const HeadLimits& limits = {});

struct ResponseHead {
  Response response;  // `body` is still empty; a status of 1xx is for the caller to skip
  Framing framing;
  bool keep_alive = true;
};

// The answer to a request with this method. Errors: net_answer.
Result<ResponseHead> parse_response_head(std::string_view head, std::string_view request_method,
                                         const HeadLimits& limits = {});

// Takes one body out of its framing, at most `body_max` bytes of it.
class BodyReader {
 public:
  // http_too_large when the head alone says that the body is.
  static Result<BodyReader> open(const Framing& framing, std::size_t body_max);

  // Appends to `body` what `bytes` holds of it and returns how many of the bytes were used: all of
  // them unless the body ended. Errors: http_request, http_too_large; nothing can be read after.
  Result<std::size_t> feed(std::string_view bytes, std::string& body);

  bool is_done() const noexcept { return state_ == State::done; }

  // The peer ended the stream: http_request if the body was cut.
  Result<void> end();

 private:
  enum class State : std::uint8_t {
    data,  // of the length, of a chunk, or until the close
    size,  // a chunk's size, after at least one digit or before
    extension,
    size_lf,
    data_cr,
    data_lf,
    trailer,  // at the start of a line of the trailer section
    trailer_name,
    trailer_value,
    trailer_lf,
    last_lf,
    done,
  };

  BodyReader(const Framing& framing, std::size_t body_max);
  bool step(char c);

  Framing::Kind kind_;
  State state_;
  std::size_t body_max_;
  std::uint64_t left_;          // bytes of the body or of the chunk still to come
  std::size_t digits_ = 0;      // of the chunk's size
  std::size_t decoration_ = 0;  // bytes of chunk extensions and trailers so far
};

// One header line. `name` and `value` must satisfy is_header().
void append_header(std::string& out, std::string_view name, std::string_view value);

// Whether the pair can be sent without becoming anything but one header.
bool is_header(std::string_view name, std::string_view value) noexcept;

// "Not Found"; empty for a status nobody registered.
std::string_view reason_phrase(unsigned status) noexcept;

void append_status_line(std::string& out, unsigned status);

// True if a list-valued header holds `token`, in any case: Connection, Expect.
bool has_token(const Headers& headers, std::string_view name, std::string_view token) noexcept;

}  // namespace tocsin::http
