// Transmitter metadata: reading, writing, versions.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/uri.h"
#include "stream/delivery.h"
#include "stream/members.h"
#include "stream/object_reader.h"
#include "stream/url_rules.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin {
namespace {

using stream::ObjectReader;

constexpr std::string_view section = "SSF 1.0 7.1";
constexpr std::string_view oauth_urn = "urn:ietf:rfc:6749";

// The members that are one https URL.
struct UrlMember {
  std::string_view name;
  std::optional<std::string> TransmitterMetadata::* value;
  std::string_view interop_section;  // of the profile that demands it, or empty
};
constexpr std::array url_members{
    UrlMember{"jwks_uri", &TransmitterMetadata::jwks_uri, "CAEP Interop 2.3.3"},
    UrlMember{"configuration_endpoint", &TransmitterMetadata::configuration_endpoint,
              "CAEP Interop 2.3.4"},
    UrlMember{"status_endpoint", &TransmitterMetadata::status_endpoint, "CAEP Interop 2.3.5"},
    UrlMember{"add_subject_endpoint", &TransmitterMetadata::add_subject_endpoint, ""},
    UrlMember{"remove_subject_endpoint", &TransmitterMetadata::remove_subject_endpoint, ""},
    UrlMember{"verification_endpoint", &TransmitterMetadata::verification_endpoint,
              "CAEP Interop 2.3.6"},
};

constexpr std::array<std::string_view, 6> other_members{"spec_version",
                                                        "issuer",
                                                        "delivery_methods_supported",
                                                        "critical_subject_members",
                                                        "authorization_schemes",
                                                        "default_subjects"};

void read_version(ObjectReader& reader, TransmitterMetadata& metadata) {
  metadata.spec_version = reader.text("spec_version");
  const JsonPath path = reader.at("spec_version");
  reader.section("CAEP Interop 2.3.1");
  if (!metadata.spec_version) {
    reader.missing(JsonPath(), Level::interop, "spec_version");
    return;
  }
  const auto version = parse_spec_version(*metadata.spec_version);
  if (!version) {
    reader.section(section);
    reader.value(path, Level::policy, "not a version such as 1_0 or 1_0-ID3");
  } else if (*version < SpecVersion{1, 0, 2}) {
    reader.value(path, Level::interop, "a draft from before the profile");
  } else if (*version < SpecVersion{1, 0, SpecVersion::final}) {
    reader.value(path, Level::warn, "a draft");
  }
}

void read_issuer(ObjectReader& reader, std::string_view issuer, TransmitterMetadata& metadata) {
  auto text = reader.required_text("issuer");
  if (!text) return;
  const JsonPath path = reader.at("issuer");
  judge_issuer(*text, path, reader);
  if (!issuer.empty() && *text != issuer) {
    reader.section("SSF 1.0 7.2.4");
    reader.add(Errc::claim_issuer, Level::must, path, "not the issuer that was asked for");
  }
  metadata.issuer = *std::move(text);
}

void read_urls(ObjectReader& reader, TransmitterMetadata& metadata) {
  for (const UrlMember& member : url_members) {
    auto url = reader.text(member.name);
    if (url) {
      reader.section(section);
      judge_https_url(*url, reader.at(member.name), reader);
    } else if (!member.interop_section.empty() && reader.find(member.name) == nullptr) {
      reader.section(member.interop_section);
      reader.missing(JsonPath(), Level::interop, member.name);
    }
    metadata.*member.value = std::move(url);
  }
}

// SSF 7.2.3: a member without elements is left out.
template <class Judge>
std::vector<std::string> read_list(ObjectReader& reader, const char* name, Judge judge) {
  auto texts = reader.texts(name);
  if (!texts) return {};
  const JsonPath path = reader.at(name);
  if (texts->empty()) {
    reader.section("SSF 1.0 7.2.3");
    reader.value(path, Level::must, "empty; it is left out instead");
  }
  reader.section(section);
  for (std::size_t i = 0; i < texts->size(); ++i) judge((*texts)[i], path.element(i));
  return *std::move(texts);
}

std::optional<AuthorizationScheme> read_scheme(Json& json, const JsonPath& path,
                                               ObjectReader& parent) {
  ObjectReader reader(json, path, stream::metadata_codes, "SSF 1.0 7.1.1", parent.findings());
  std::optional<AuthorizationScheme> scheme;
  auto urn = reader.is_object() ? reader.required_text("spec_urn") : std::nullopt;
  if (urn) {
    if (!urn->starts_with("urn:") || !is_uri(*urn)) {
      reader.value(reader.at("spec_urn"), Level::must, "not a URN");
    }
    reader.object().erase("spec_urn");
    scheme = AuthorizationScheme{*std::move(urn), std::move(reader.object())};
  }
  parent.take_over(reader.whole());
  return scheme;
}

void read_schemes(ObjectReader& reader, TransmitterMetadata& metadata) {
  Json* value = reader.find("authorization_schemes");
  const JsonPath path = reader.at("authorization_schemes");
  if (value != nullptr) {
    JsonArray* array = value->as_array();
    if (array == nullptr) return reader.refuse_type(path, "an array of objects");
    if (array->empty()) {
      reader.section("SSF 1.0 7.2.3");
      reader.value(path, Level::must, "empty; it is left out instead");
    }
    for (std::size_t i = 0; i < array->size(); ++i) {
      auto scheme = read_scheme((*array)[i], path.element(i), reader);
      if (scheme) metadata.authorization_schemes.push_back(*std::move(scheme));
    }
  }
  const bool has_oauth = std::ranges::any_of(
      metadata.authorization_schemes,
      [](const AuthorizationScheme& scheme) { return scheme.spec_urn == oauth_urn; });
  if (has_oauth) return;
  reader.section("CAEP Interop 2.3.7");
  reader.value(path, Level::interop, "it does not list OAuth 2.0");
}

void read_default_subjects(ObjectReader& reader, TransmitterMetadata& metadata) {
  reader.section(section);
  const auto name = reader.text("default_subjects");
  if (!name) return;
  for (const DefaultSubjects value : {DefaultSubjects::ALL, DefaultSubjects::NONE}) {
    if (*name == wire_name(value)) metadata.default_subjects = value;
  }
  if (metadata.default_subjects) return;
  reader.value(reader.at("default_subjects"), Level::must, "neither ALL nor NONE");
}

void keep_unknown(JsonObject& object, TransmitterMetadata& metadata) {
  for (JsonMember& member : object) {
    const bool is_url =
        std::ranges::find(url_members, member.name, &UrlMember::name) != url_members.end();
    const bool is_known =
        is_url || std::ranges::find(other_members, member.name) != other_members.end();
    if (!is_known) metadata.extra.append(std::move(member.name), std::move(member.value));
  }
}

Json scheme_to_json(const AuthorizationScheme& scheme) {
  JsonObject object;
  object.append("spec_urn", Json(scheme.spec_urn));
  stream::append_extra(object, scheme.extra);
  return object;
}

}  // namespace

std::string_view wire_name(DefaultSubjects value) noexcept {
  return value == DefaultSubjects::ALL ? "ALL" : "NONE";
}

std::optional<TransmitterMetadata> read_metadata(Json json, std::string_view issuer,
                                                 Findings& findings) {
  const JsonPath root;
  ObjectReader reader(json, root, stream::metadata_codes, section, findings);
  if (!reader.is_object()) return std::nullopt;
  TransmitterMetadata metadata;
  read_version(reader, metadata);
  reader.section(section);
  read_issuer(reader, issuer, metadata);
  read_urls(reader, metadata);
  metadata.delivery_methods_supported =
      read_list(reader, "delivery_methods_supported",
                [&reader](const std::string& uri, const JsonPath& path) {
                  if (!is_uri(uri)) reader.value(path, Level::must, "not a URI");
                });
  if (reader.find("delivery_methods_supported") == nullptr) {
    reader.section("CAEP Interop 2.3.2");
    reader.missing(root, Level::interop, "delivery_methods_supported");
  }
  metadata.critical_subject_members = read_list(
      reader, "critical_subject_members", [&reader](const std::string& name, const JsonPath& path) {
        if (name.empty()) reader.value(path, Level::policy, "empty");
      });
  read_schemes(reader, metadata);
  read_default_subjects(reader, metadata);
  if (!reader.whole()) return std::nullopt;
  keep_unknown(reader.object(), metadata);
  return metadata;
}

Result<TransmitterMetadata> parse_metadata(Json json, std::string_view issuer,
                                           Strictness strictness) {
  Findings findings;
  auto metadata = read_metadata(std::move(json), issuer, findings);
  return stream::accept(std::move(metadata), findings, strictness);
}

Json to_json(const TransmitterMetadata& metadata) {
  JsonObject object;
  stream::append(object, "spec_version", metadata.spec_version);
  object.append("issuer", Json(metadata.issuer));
  const auto append_list = [&object](const char* name, const std::vector<std::string>& texts) {
    if (!texts.empty()) object.append(name, stream::texts_to_json(texts));
  };
  for (const UrlMember& member : url_members) {
    stream::append(object, std::string(member.name), metadata.*member.value);
  }
  append_list("delivery_methods_supported", metadata.delivery_methods_supported);
  append_list("critical_subject_members", metadata.critical_subject_members);
  if (!metadata.authorization_schemes.empty()) {
    JsonArray schemes;
    for (const AuthorizationScheme& scheme : metadata.authorization_schemes) {
      schemes.push_back(scheme_to_json(scheme));
    }
    object.append("authorization_schemes", Json(std::move(schemes)));
  }
  if (metadata.default_subjects) {
    object.append("default_subjects", Json(wire_name(*metadata.default_subjects)));
  }
  stream::append_extra(object, metadata.extra);
  return object;
}

std::optional<SpecVersion> parse_spec_version(std::string_view text) noexcept {
  SpecVersion version;
  version.draft = SpecVersion::final;
  const auto take_number = [&text](std::uint32_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
  };
  const auto take = [&text](std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
  };
  if (!take_number(version.major) || !take("_") || !take_number(version.minor)) return {};
  if (take("-ID") && !take_number(version.draft)) return {};
  if (!text.empty()) return {};
  return version;
}

}  // namespace tocsin
