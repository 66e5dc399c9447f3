// Transmitter metadata (SSF 1.0 section 7): where a transmitter's endpoints are and what it can do.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/finding.h"
#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin {

// SSF 7.1; spelled as on the wire.
enum class DefaultSubjects : std::uint8_t { ALL, NONE };
std::string_view wire_name(DefaultSubjects value) noexcept;

struct AuthorizationScheme {
  std::string spec_urn;
  JsonObject extra{};
};

struct TransmitterMetadata {
  std::optional<std::string> spec_version{};  // absent means 1_0-ID1
  std::string issuer;
  std::optional<std::string> jwks_uri{};
  std::vector<std::string> delivery_methods_supported{};  // empty is left out (SSF 7.2.3)
  std::optional<std::string> configuration_endpoint{};
  std::optional<std::string> status_endpoint{};
  std::optional<std::string> add_subject_endpoint{};
  std::optional<std::string> remove_subject_endpoint{};
  std::optional<std::string> verification_endpoint{};
  std::vector<std::string> critical_subject_members{};
  std::vector<AuthorizationScheme> authorization_schemes{};
  std::optional<DefaultSubjects> default_subjects{};  // absent promises nothing
  JsonObject extra{};                                 // members SSF does not know
};

// `issuer` is the one the document was asked for: one that differs in an octet is claim_issuer, and
// nothing of the document may be used (SSF 7.2.4). Empty compares nothing: for our own metadata.
Result<TransmitterMetadata> parse_metadata(Json json, std::string_view issuer,
                                           Strictness strictness = Strictness::strict);

// Every finding, what only the interoperability profile demands among them. Nothing if no metadata
// can be built; then one of the findings is of Level::must.
std::optional<TransmitterMetadata> read_metadata(Json json, std::string_view issuer,
                                                 Findings& findings);

Json to_json(const TransmitterMetadata& metadata);

// https, a host, no query, no fragment (SSF 7.1).
bool is_issuer(std::string_view text) noexcept;

// Where an issuer's metadata is: the well-known part goes between host and path, less one slash at
// the end (SSF 7.2.1). metadata_value if `issuer` is none.
Result<std::string> metadata_url(std::string_view issuer);

// spec_version in the order of time: 1_0-ID1 < 1_0-ID2 < 1_0-ID3 < 1_0 < 1_1.
struct SpecVersion {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t draft = 0;  // n of -IDn; final is after every draft

  static constexpr std::uint32_t final = UINT32_MAX;
  friend auto operator<=>(const SpecVersion&, const SpecVersion&) = default;
};
std::optional<SpecVersion> parse_spec_version(std::string_view text) noexcept;

}  // namespace tocsin
