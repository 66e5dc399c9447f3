// What verify() does, for people: goes on after a defect where it can.
#include <algorithm>

#include "base/base64url.h"
#include "jose/jws.h"
#include "set/claims.h"

namespace tocsin {
namespace {

Finding from_error(Error error, std::string_view section) {
  return {error.code, Level::must, {}, section, std::move(error.detail)};
}

// The section behind a refusal of the readers, which know their rule but not its name.
std::string_view section_of(Errc code) {
  switch (code) {
    case Errc::json_syntax:
      return "RFC 8259 2";
    case Errc::json_duplicate:
      return "RFC 8259 4, RFC 7519 4";
    case Errc::json_limits:
      return "RFC 8259 9";
    case Errc::jose_serialization:
      return "RFC 7515 3.1";
    case Errc::jose_base64url:
      return "RFC 7515 2";
    case Errc::jose_header:
      return "RFC 7515 4";
    case Errc::jose_alg:
    case Errc::jose_alg_unsupported:
      return "RFC 7515 4.1.1";
    case Errc::jose_key:
      return "RFC 7515 6";
    case Errc::jose_decrypt:
      return "RFC 7516 5.2";
    default:
      return "RFC 7515 5.2";
  }
}

Finding from_error(Error error) {
  const std::string_view section = section_of(error.code);
  return from_error(std::move(error), section);
}

void append(Findings& findings, Findings more, std::string_view prefix) {
  for (Finding& finding : more) {
    finding.path.insert(0, prefix);
    findings.push_back(std::move(finding));
  }
}

// The signature, once the header is one that can be read at all.
void lint_signature(std::string_view compact, const LintContext& context, Findings& findings) {
  if (!context.keys) return;
  const Result<jose::Jws> jws =
      jose::read_jws(compact, {.algorithms = context.policy.algorithms, .typ = {}});
  if (!jws) return;  // the header's findings say why
  if (Result<void> signature = jose::verify_signature(*jws, *context.keys); !signature) {
    findings.push_back(from_error(std::move(signature).error()));
  }
}

}  // namespace

Findings lint_claims(std::string_view claims_json, const LintContext& context) {
  Result<Json> json = parse_json(claims_json, claims_limits);
  if (!json) return {from_error(std::move(json).error())};
  Findings findings;
  const ClaimsContext claims{.policy = context.policy,
                             .now = context.now,
                             .direction = context.direction,
                             .compares_issuer = !context.policy.iss.empty(),
                             .compares_audience = !context.policy.aud.empty()};
  SecurityEventToken token;
  read_claims(std::move(json).value(), claims, token, findings);
  if (std::ranges::find(context.seen, token.jti) != context.seen.end()) {
    findings.push_back(
        {Errc::claim_replay, Level::policy, "/jti", "RFC 8417 2.2", "accepted before"});
  }
  return findings;
}

Findings lint_header(std::string_view header_json, const LintContext& context) {
  Result<JsonObject> header = jose::parse_header(header_json);
  if (!header) return {from_error(std::move(header).error())};
  return jose::judge_header(*header, {.algorithms = context.policy.algorithms});
}

Findings lint_set(std::string_view compact, const LintContext& context) {
  std::string plaintext;
  if (!context.policy.decryption.empty() && jose::is_jwe_shaped(compact)) {
    Result<std::string> decrypted = context.policy.decryption.decrypt(compact);
    if (!decrypted) return {from_error(std::move(decrypted).error())};
    plaintext = std::move(decrypted).value();
    compact = plaintext;
  }
  const Result<jose::JwsSegments> segments = jose::split_jws(compact);
  if (!segments) return {from_error(segments.error())};

  Findings findings;
  if (Result<std::string> header = base64url_decode(segments->header)) {
    append(findings, lint_header(*header, context), "/header");
  } else {
    findings.push_back({Errc::jose_base64url, Level::must, "/header", "RFC 7515 2",
                        "the header segment is not base64url"});
  }
  if (!base64url_decode(segments->signature)) {
    findings.push_back({Errc::jose_base64url, Level::must, "/signature", "RFC 7515 2",
                        "the signature segment is not base64url"});
  }
  lint_signature(compact, context, findings);
  if (Result<std::string> payload = base64url_decode(segments->payload)) {
    append(findings, lint_claims(*payload, context), "/payload");
  } else {
    findings.push_back({Errc::jose_base64url, Level::must, "/payload", "RFC 7515 2",
                        "the payload segment is not base64url"});
  }
  return findings;
}

}  // namespace tocsin
