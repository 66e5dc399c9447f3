// How an Error looks from outside: an HTTP status for a peer, an exit code for a shell. Both are
// functions of the row in `tocsin/error.h`; nobody else chooses a status or a code.
#pragma once

#include "tocsin/error.h"

namespace tocsin {

// What the program answers to its caller.
enum class Exit : int {
  yes = 0,
  no = 1,           // what was judged is not acceptable
  usage = 2,        // flags, key files, configuration
  standing = 3,     // the peer does not let us
  unavailable = 4,  // try again
  internal = 5,     // a bug
};

constexpr unsigned http_status(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::invalid:
      return 400;
    case ErrorKind::too_large:
      return 413;
    case ErrorKind::unauthenticated:
      return 401;
    case ErrorKind::forbidden:
      return 403;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::too_many:
      return 429;
    case ErrorKind::unavailable:
      return 503;
    case ErrorKind::internal:
      break;
  }
  return 500;
}

// A few defects of requests have a status of their own.
constexpr unsigned http_status(Errc code, ErrorKind kind) noexcept {
  switch (code) {
    case Errc::http_method:
      return 405;
    case Errc::http_timeout:
      return 408;
    case Errc::http_media_type:
      return 415;
    case Errc::http_head_too_large:
      return 431;
    default:
      return http_status(kind);
  }
}

inline unsigned http_status(const Error& error) noexcept {
  return http_status(error.code, error.kind());
}

// What the caller named or configured wrongly is usage; the rest follows from the kind.
inline Exit exit_code(const Error& error) noexcept {
  switch (error.code) {
    case Errc::config_invalid:
    case Errc::file_unreadable:
    case Errc::file_mode:
    case Errc::url_syntax:
    case Errc::address_refused:
    case Errc::store_schema:
      return Exit::usage;
    default:
      break;
  }
  switch (error.kind()) {
    case ErrorKind::invalid:
    case ErrorKind::too_large:
      return Exit::no;
    case ErrorKind::unauthenticated:
    case ErrorKind::forbidden:
    case ErrorKind::not_found:
    case ErrorKind::conflict:
      return Exit::standing;
    case ErrorKind::too_many:
    case ErrorKind::unavailable:
      return Exit::unavailable;
    case ErrorKind::internal:
      break;
  }
  return Exit::internal;
}

}  // namespace tocsin
