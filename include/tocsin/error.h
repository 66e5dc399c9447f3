// Every defect Tocsin can report, one row each: whose fault it is, its class, the code a peer
// reads, and the only text a peer reads. What else is known goes into Error::detail, which is for
// our own log and never leaves the process, so no expected value can leak through an answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tocsin {

// Whose fault a failure is. HTTP status and exit code follow from it (`outer_faces.h`).
enum class ErrorKind : std::uint8_t {
  invalid,          // the request's: 400
  too_large,        // the request's: 413
  unauthenticated,  // the caller's standing: 401
  forbidden,        // the caller's standing: 403
  not_found,        // the caller's standing: 404
  conflict,         // the caller's standing: 409
  too_many,         // nobody's, try again: 429
  unavailable,      // nobody's, try again: 503
  internal,         // ours: 500
};

// X(enumerator, kind, class, RFC 8935 `err` or "" where no SET is answered, public text)
//
// Classes are stable names: they are the `code` member of our problem documents, the first word of
// a lint finding and a metric label. Codes are those of the RFC 8935 section 7.1 registry, plus
// `invalid_state` of SSF 1.0.
#define TOCSIN_DEFECTS(X)                                                                          \
  X(json_syntax, invalid, "json.syntax", "invalid_request", "The text is not valid JSON.")         \
  X(json_duplicate, invalid, "json.duplicate", "invalid_request", "A member name occurs twice.")   \
  X(json_limits, invalid, "json.limits", "invalid_request",                                        \
    "The JSON text is too deep, too long or has too many members.")                                \
  X(jose_serialization, invalid, "jose.serialization", "invalid_request",                          \
    "The token is not in JWS compact serialization.")                                              \
  X(jose_base64url, invalid, "jose.base64url", "invalid_request",                                  \
    "A segment of the token is not base64url.")                                                    \
  X(jose_header, invalid, "jose.header", "invalid_request", "The JOSE header is not acceptable.")  \
  X(jose_typ, invalid, "jose.typ", "invalid_request", "The typ header is not secevent+jwt.")       \
  X(jose_crit, invalid, "jose.crit", "invalid_request",                                            \
    "The header demands an extension that is not supported.")                                      \
  X(jose_alg, invalid, "jose.alg", "invalid_key", "The algorithm is not allowed.")                 \
  X(jose_alg_unsupported, invalid, "jose.alg", "invalid_key", "The algorithm is not implemented.") \
  X(jose_key, invalid, "jose.key", "invalid_key", "No acceptable key for this token.")             \
  X(jose_key_unavailable, unavailable, "jose.key", "", "The issuer's keys cannot be had now.")     \
  X(jose_signature, invalid, "jose.signature", "invalid_key", "The signature does not verify.")    \
  X(jose_decrypt, invalid, "jose.decrypt", "invalid_key", "The token does not decrypt.")           \
  X(claim_missing, invalid, "claim.missing", "invalid_request", "A required claim is missing.")    \
  X(claim_type, invalid, "claim.type", "invalid_request", "A claim has the wrong JSON type.")      \
  X(claim_value, invalid, "claim.value", "invalid_request", "A claim has an unacceptable value.")  \
  X(claim_forbidden, invalid, "claim.forbidden", "invalid_request",                                \
    "A claim is present that a SET must not have.")                                                \
  X(claim_time, invalid, "claim.time", "invalid_request", "A time claim lies in the future.")      \
  X(claim_issuer, invalid, "claim.issuer", "invalid_issuer",                                       \
    "The issuer is not the one expected here.")                                                    \
  X(claim_audience, invalid, "claim.audience", "invalid_audience",                                 \
    "The audience does not include this receiver.")                                                \
  X(claim_replay, conflict, "claim.replay", "", "The SET was accepted before.")                    \
  X(events_structure, invalid, "events.structure", "invalid_request",                              \
    "The events claim is not an object of event types and payloads.")                              \
  X(events_count, invalid, "events.count", "invalid_request", "The SET has more than one event.")  \
  X(event_missing, invalid, "event.missing", "invalid_request",                                    \
    "A required member of the event is missing.")                                                  \
  X(event_type, invalid, "event.type", "invalid_request",                                          \
    "A member of the event has the wrong JSON type.")                                              \
  X(event_value, invalid, "event.value", "invalid_request",                                        \
    "A member of the event has an unacceptable value.")                                            \
  X(event_subject, invalid, "event.subject", "invalid_request",                                    \
    "The event type does not allow this subject.")                                                 \
  X(event_state, invalid, "event.state", "invalid_state",                                          \
    "The verification state is not one that was asked for.")                                       \
  X(event_unknown, invalid, "event.unknown", "", "The event type is not known.")                   \
  X(event_deprecated, invalid, "event.deprecated", "", "The event type must no longer be sent.")   \
  X(subject_type, invalid, "subject.type", "invalid_request", "The subject is not an object.")     \
  X(subject_format, invalid, "subject.format", "invalid_request",                                  \
    "The subject has no acceptable format.")                                                       \
  X(subject_member, invalid, "subject.member", "invalid_request",                                  \
    "A required member of the subject is missing.")                                                \
  X(subject_member_type, invalid, "subject.member_type", "invalid_request",                        \
    "A member of the subject has the wrong JSON type.")                                            \
  X(subject_value, invalid, "subject.value", "invalid_request",                                    \
    "A member of the subject has an unacceptable value.")                                          \
  X(subject_nesting, invalid, "subject.nesting", "invalid_request",                                \
    "A subject is nested where it must not be.")                                                   \
  X(subject_conflict, invalid, "subject.conflict", "invalid_request",                              \
    "The subject of the event contradicts sub_id.")                                                \
  X(subject_extra, invalid, "subject.extra", "",                                                   \
    "The subject has a member its format does not describe.")                                      \
  X(subject_critical, invalid, "subject.critical", "",                                             \
    "A critical subject member cannot be processed.")                                              \
  X(warn_milliseconds, invalid, "warn.milliseconds", "",                                           \
    "A time looks like milliseconds; seconds are expected.")                                       \
  X(warn_phone, invalid, "warn.phone", "", "The phone number is not in strict E.164 form.")        \
  X(warn_value, invalid, "warn.value", "", "A value is legal but looks like a mistake.")           \
  X(jwks_structure, invalid, "jwks.structure", "", "The document is not a JWK set.")               \
  X(jwks_key, invalid, "jwks.key", "", "The key is not usable.")                                   \
  X(metadata_missing, invalid, "metadata.missing", "", "A required metadata member is missing.")   \
  X(metadata_type, invalid, "metadata.type", "", "A metadata member has the wrong JSON type.")     \
  X(metadata_value, invalid, "metadata.value", "", "A metadata member has an unacceptable value.") \
  X(stream_missing, invalid, "stream.missing", "", "A required stream member is missing.")         \
  X(stream_type, invalid, "stream.type", "", "A stream member has the wrong JSON type.")           \
  X(stream_value, invalid, "stream.value", "", "A stream member has an unacceptable value.")       \
  X(stream_immutable, invalid, "stream.immutable", "",                                             \
    "A member that the transmitter supplies cannot be changed.")                                   \
  X(stream_unknown, not_found, "stream.unknown", "", "There is no such stream.")                   \
  X(stream_limit, conflict, "stream.limit", "", "No further stream is allowed.")                   \
  X(subject_limit, too_many, "subject.limit", "", "The stream has too many subjects.")             \
  X(verification_early, too_many, "verification.early", "",                                        \
    "Verification was requested too soon after the last request.")                                 \
  X(poll_request, invalid, "poll.request", "", "The poll request is not acceptable.")              \
  X(publish_request, invalid, "publish.request", "", "The request to publish is not acceptable.")  \
  X(publish_denied, forbidden, "publish.denied", "", "The producer may not publish this event.")   \
  X(token_invalid, unauthenticated, "token.invalid", "", "The access token is not valid.")         \
  X(token_scope, forbidden, "token.scope", "", "The access token does not allow this.")            \
  X(token_request, invalid, "token.request", "", "The token request is not acceptable.")           \
  X(token_grant, invalid, "token.grant", "", "The grant type is not supported.")                   \
  X(token_scope_request, invalid, "token.scope_request", "",                                       \
    "The requested scope is not acceptable.")                                                      \
  X(client_invalid, unauthenticated, "client.invalid", "", "Client authentication failed.")        \
  X(client_unknown, not_found, "client.unknown", "", "There is no such client.")                   \
  X(client_exists, conflict, "client.exists", "", "There is such a client already.")               \
  X(set_authentication, unauthenticated, "set.authentication", "authentication_failed",            \
    "The credential for this endpoint is missing or wrong.")                                       \
  X(set_access, forbidden, "set.access", "access_denied",                                          \
    "This SET may not be delivered to this endpoint.")                                             \
  X(url_syntax, invalid, "url.syntax", "", "The URL is not acceptable.")                           \
  X(address_refused, invalid, "url.address", "", "The address is not one that may be called.")     \
  X(net_address, unavailable, "net.address", "", "The peer cannot be reached.")                    \
  X(net_resolve, unavailable, "net.resolve", "", "The peer cannot be reached.")                    \
  X(net_connect, unavailable, "net.connect", "", "The peer cannot be reached.")                    \
  X(net_tls, unavailable, "net.tls", "", "The peer cannot be reached.")                            \
  X(net_timeout, unavailable, "net.timeout", "", "The peer cannot be reached.")                    \
  X(net_closed, unavailable, "net.closed", "", "The peer cannot be reached.")                      \
  X(net_answer, unavailable, "net.answer", "", "The peer's answer is not acceptable.")             \
  X(http_request, invalid, "http.request", "", "The request is malformed.")                        \
  X(http_head_too_large, too_large, "http.head_too_large", "",                                     \
    "The request has too many headers or too long ones.")                                          \
  X(http_timeout, invalid, "http.timeout", "", "The request did not arrive in time.")              \
  X(http_method, invalid, "http.method", "", "The method is not one of this resource.")            \
  X(http_media_type, invalid, "http.media_type", "",                                               \
    "The media type or content coding of the request is not accepted here.")                       \
  X(http_too_large, too_large, "http.too_large", "", "The request body is too large.")             \
  X(http_unauthenticated, unauthenticated, "http.unauthenticated", "",                             \
    "The request has no acceptable credential.")                                                   \
  X(http_forbidden, forbidden, "http.forbidden", "", "The credential does not allow this.")        \
  X(http_not_found, not_found, "http.not_found", "", "There is nothing here.")                     \
  X(http_too_many, too_many, "http.too_many", "", "Too many requests.")                            \
  X(config_invalid, invalid, "config.invalid", "", "The configuration is not acceptable.")         \
  X(file_unreadable, invalid, "file.unreadable", "", "A file cannot be read or written.")          \
  X(file_mode, invalid, "file.mode", "", "A file with secrets is readable by others.")             \
  X(store_unavailable, unavailable, "store.unavailable", "", "The store cannot be used now.")      \
  X(store_schema, invalid, "store.schema", "", "The store was made by another version.")           \
  X(store_full, unavailable, "store.full", "", "The store has no room now.")                       \
  X(overloaded, unavailable, "overloaded", "", "The service is overloaded.")                       \
  X(internal_error, internal, "internal", "", "An internal error occurred.")

enum class Errc : std::uint8_t {
#define TOCSIN_ENUMERATOR(name, ...) name,
  TOCSIN_DEFECTS(TOCSIN_ENUMERATOR)
#undef TOCSIN_ENUMERATOR
};

// The row of one defect. All text has static storage.
struct Defect {
  std::string_view name;          // the enumerator, e.g. "claim_issuer"
  ErrorKind kind;                 // whose fault
  std::string_view defect_class;  // e.g. "claim.issuer"
  std::string_view err;           // RFC 8935 code; empty where no SET is answered with it
  std::string_view public_text;   // what a peer may read
};

// Thread-safe; never fails.
const Defect& describe(Errc code) noexcept;

// One failure. `detail` may quote input and internals: log it (escaped), never send it.
struct Error {
  Errc code = Errc::internal_error;
  std::string detail;

  Error(Errc error_code, std::string error_detail = {})  // NOLINT: implicit on purpose
      : code(error_code), detail(std::move(error_detail)) {}
  Error() = default;

  ErrorKind kind() const noexcept { return describe(code).kind; }
  std::string_view public_text() const noexcept { return describe(code).public_text; }

  // "claim.issuer: The issuer is not the one expected here. (detail)" for a log or a terminal.
  std::string to_string() const;
};

}  // namespace tocsin
