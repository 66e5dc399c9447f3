// The rules for a JOSE header (set.md sections 2 and 7), one function each.
#include <algorithm>
#include <cctype>

#include "jose/jwe.h"
#include "jose/jwk.h"
#include "jose/jws.h"

namespace tocsin::jose {
namespace {

bool equal_without_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

// RFC 7515 4.1.9: media types, whose "application/" may be left out.
bool names_media_type(std::string_view value, std::string_view type) noexcept {
  constexpr std::string_view prefix = "application/";
  if (equal_without_case(value.substr(0, prefix.size()), prefix)) {
    value.remove_prefix(prefix.size());
  }
  return equal_without_case(value, type);
}

void judge_alg(const JsonObject& header, const HeaderRules& rules, Findings& findings) {
  const auto refuse = [&findings](Errc code, Level level, std::string_view section,
                                  std::string detail) {
    findings.push_back({code, level, "/alg", section, std::move(detail)});
  };
  const Json* const member = header.find("alg");
  const std::string* const name = member != nullptr ? member->as_string() : nullptr;
  if (name == nullptr) {
    return refuse(Errc::jose_alg, Level::must, "RFC 7515 4.1.1",
                  member == nullptr ? "missing" : "a string is expected");
  }
  const Result<Algorithm> algorithm = parse_algorithm(*name);
  if (algorithm && rules.algorithms.contains(*algorithm)) return;
  if (algorithm) return refuse(Errc::jose_alg, Level::policy, "RFC 8725 3.1", "not allowed here");
  if (algorithm.error().code == Errc::jose_alg_unsupported) {
    return refuse(Errc::jose_alg_unsupported, Level::policy, "RFC 8725 3.1", "not implemented");
  }
  if (*name == "none") return refuse(Errc::jose_alg, Level::policy, "RFC 8725 3.2", "unsecured");
  refuse(Errc::jose_alg, Level::must, "RFC 7515 4.1.1", "no signature algorithm has this name");
}

void judge_typ(const JsonObject& header, const HeaderRules& rules, Findings& findings) {
  if (rules.typ.empty()) return;
  const std::string_view section = rules.typ == set_typ ? "SSF 1.0 4.1.1" : "RFC 8725 3.11";
  const Json* const member = header.find("typ");
  const std::string* const typ = member != nullptr ? member->as_string() : nullptr;
  if (typ == nullptr) {
    findings.push_back({Errc::jose_typ, Level::must, "/typ",
                        member == nullptr ? section : "RFC 7515 4.1.9",
                        member == nullptr ? "missing" : "a string is expected"});
  } else if (!names_media_type(*typ, rules.typ)) {
    findings.push_back(
        {Errc::jose_typ, Level::must, "/typ", section, "not " + std::string(rules.typ)});
  }
}

// What is wrong with `crit`, or that it names an extension: none is understood here (SEC-23).
std::string_view crit_defect(const Json& crit, const JsonObject& header) {
  const JsonArray* const names = crit.as_array();
  if (names == nullptr) return "an array is expected";
  if (names->empty()) return "empty";
  for (auto at = names->begin(); at != names->end(); ++at) {
    const std::string* const name = at->as_string();
    if (name == nullptr) return "strings are expected";
    if (std::find(names->begin(), at, *at) != at) return "a name occurs twice";
    if (header.find(*name) == nullptr) return "names a member that is not in the header";
  }
  return "demands an extension that is not supported";
}

// RFC 7797 6 and 7: a SET never has an unencoded payload, and has no use for saying so.
void judge_extensions(const JsonObject& header, Findings& findings) {
  if (const Json* const crit = header.find("crit")) {
    findings.push_back({Errc::jose_crit, Level::must, "/crit", "RFC 7515 4.1.11",
                        std::string(crit_defect(*crit, header))});
  }
  const Json* const b64 = header.find("b64");
  if (b64 != nullptr && (b64->as_bool() == nullptr || !*b64->as_bool())) {
    findings.push_back(
        {Errc::jose_crit, Level::must, "/b64", "RFC 7797 7",
         b64->as_bool() == nullptr ? "a boolean is expected" : "the payload is not encoded"});
  }
}

// HD-11: no token inside a signed token.
void judge_cty(const JsonObject& header, Findings& findings) {
  const Json* const member = header.find("cty");
  if (member == nullptr) return;
  const std::string* const cty = member->as_string();
  if (cty == nullptr) {
    findings.push_back(
        {Errc::jose_header, Level::must, "/cty", "RFC 7515 4.1.10", "a string is expected"});
  } else if (names_media_type(*cty, "JWT")) {
    findings.push_back({Errc::jose_header, Level::policy, "/cty", "RFC 7519 5.2",
                        "says that the payload is another token"});
  }
}

void judge_kid(const JsonObject& header, Findings& findings) {
  const Json* const member = header.find("kid");
  if (member == nullptr) return;
  const std::string* const kid = member->as_string();
  if (kid == nullptr) {
    findings.push_back(
        {Errc::jose_header, Level::must, "/kid", "RFC 7515 4.1.4", "a string is expected"});
  } else if (kid->size() > kid_max) {
    findings.push_back(
        {Errc::jose_header, Level::policy, "/kid", "RFC 7515 4.1.4", "longer than 256 octets"});
  }
}

// HD-08: keys come from the issuer's configuration, never from the token (SEC-22).
void judge_offered_keys(const JsonObject& header, Findings& findings) {
  for (const char* const name : {"jwk", "jku", "x5u", "x5c"}) {
    if (header.find(name) == nullptr) continue;
    findings.push_back({Errc::jose_key, Level::policy, "/" + std::string(name), "RFC 8725 3.10",
                        "the token offers its own key"});
  }
}

// JE-05 and JE-06: `alg` and `enc` alike.
template <class Parse>
void judge_jwe_name(const JsonObject& header, std::string_view name, Parse parse,
                    std::string_view section, Findings& findings) {
  const Json* const member = header.find(name);
  const std::string* const text = member != nullptr ? member->as_string() : nullptr;
  const auto refuse = [&](Errc code, Level level, std::string detail) {
    findings.push_back({code, level, "/" + std::string(name), section, std::move(detail)});
  };
  if (text == nullptr) {
    return refuse(Errc::jose_alg, Level::must,
                  member == nullptr ? "missing" : "a string is expected");
  }
  const auto parsed = parse(*text);
  if (!parsed) refuse(parsed.error().code, Level::policy, "not an algorithm we decrypt with");
}

// JE-07: what is inflated before it is authenticated costs what a stranger likes.
void judge_zip(const JsonObject& header, Findings& findings) {
  if (header.find("zip") == nullptr) return;
  findings.push_back(
      {Errc::jose_header, Level::policy, "/zip", "RFC 8725 3.6", "compression is refused"});
}

void judge_jwe_cty(const JsonObject& header, Findings& findings) {
  const Json* const member = header.find("cty");
  const std::string* const cty = member != nullptr ? member->as_string() : nullptr;
  if (cty != nullptr && names_media_type(*cty, "JWT")) return;
  findings.push_back({Errc::jose_header, Level::must, "/cty", "RFC 7519 5.2",
                      "does not say that a token is inside"});
}

}  // namespace

Findings judge_jwe_header(const JsonObject& header, const JweRules& rules) {
  Findings findings;
  judge_jwe_name(header, "alg", parse_key_management, "RFC 7516 4.1.1", findings);
  judge_extensions(header, findings);
  judge_kid(header, findings);
  judge_offered_keys(header, findings);
  judge_jwe_name(header, "enc", parse_content_encryption, "RFC 7516 4.1.2", findings);
  judge_zip(header, findings);
  if (rules.carries_jwt) judge_jwe_cty(header, findings);
  return findings;
}

Findings judge_header(const JsonObject& header, const HeaderRules& rules) {
  Findings findings;
  judge_alg(header, rules, findings);
  judge_typ(header, rules, findings);
  judge_extensions(header, findings);
  judge_cty(header, findings);
  judge_kid(header, findings);
  judge_offered_keys(header, findings);
  return findings;
}

}  // namespace tocsin::jose
