#include "app/tenants.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "app/event_pattern.h"
#include "base/assert.h"
#include "base/try.h"
#include "tocsin/json.h"

namespace tocsin::app {
namespace {

std::optional<std::chrono::seconds> unless_zero(std::chrono::milliseconds span) {
  if (span.count() == 0) return {};
  return std::chrono::ceil<std::chrono::seconds>(span);
}

Result<std::vector<Subject>> read_subjects(const std::vector<std::string>& texts) {
  std::vector<Subject> subjects;
  for (const std::string& text : texts) {
    TOCSIN_TRY(Json json, parse_json(text));
    TOCSIN_TRY(Subject subject, parse_subject(std::move(json)));
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

transmitter::SubjectScope scope_of(const std::string& word) {
  if (word == "listed") return transmitter::SubjectScope::listed;
  return word == "none" ? transmitter::SubjectScope::none : transmitter::SubjectScope::all;
}

Result<transmitter::ReceiverPolicy> policy_of(const ReceiverSection& section) {
  transmitter::ReceiverPolicy policy;
  policy.aud = section.audience;
  if (!section.events.empty()) {
    TOCSIN_TRY(policy.event_types, expand_event_patterns(section.events));
  }
  policy.subjects = scope_of(section.subjects);
  TOCSIN_TRY(policy.subjects_listed, read_subjects(section.subjects_listed));
  return policy;
}

}  // namespace

const SigningKey& TenantKeys::signing(std::chrono::sys_seconds now) const {
  const StoredKey* newest = nullptr;
  const StoredKey* oldest = nullptr;
  const auto born = [](const StoredKey& key) {
    return key.created.value_or(std::chrono::sys_seconds::min());
  };
  for (const StoredKey& key : keys) {
    if (to_string(key.key.algorithm()) != algorithm) continue;
    if (oldest == nullptr || born(key) < born(*oldest)) oldest = &key;
    if (born(key) > now - key_shown_before_use) continue;
    if (newest == nullptr || born(key) > born(*newest)) newest = &key;
  }
  TOCSIN_ASSERT(oldest != nullptr);
  return newest == nullptr ? oldest->key : newest->key;
}

KeySet TenantKeys::published() const {
  std::vector<SigningKey> all;
  for (const StoredKey& key : keys) all.push_back(key.key);
  return KeySet::of(all);
}

Result<TenantKeys> load_tenant_keys(const TenantSection& section, const KeyAccess& access) {
  TenantKeys keys;
  keys.algorithm = section.signing_algorithm;
  TOCSIN_TRY(keys.keys, load_key_file(section.signing_keys.path, access));
  const bool can_sign = std::ranges::any_of(keys.keys, [&](const StoredKey& key) {
    return to_string(key.key.algorithm()) == keys.algorithm;
  });
  if (can_sign) return keys;
  return Error(Errc::config_invalid,
               section.signing_keys.path + ": no " + keys.algorithm + " key to sign with");
}

Result<transmitter::TenantTerms> terms_of(const TenantSection& section, const Config& config) {
  transmitter::TenantTerms terms;
  terms.issuer = section.issuer;
  TOCSIN_TRY(terms.events_supported, expand_event_patterns(section.events));
  terms.push = section.push;
  terms.poll = section.poll;
  terms.push_urls.plain_http_hosts = config.outbound.allow_plain_http;
  terms.min_verification_interval = unless_zero(section.min_verification_interval);
  terms.inactivity_timeout = unless_zero(section.inactivity_timeout);
  terms.default_subjects =
      section.default_subjects == "NONE" ? DefaultSubjects::NONE : DefaultSubjects::ALL;
  terms.critical_subject_members = section.critical_subject_members;
  terms.streams_max = section.streams_max;
  terms.subjects_max = section.subjects_max;
  return terms;
}

Result<ReceiverPolicies> receivers_of(const std::string& issuer, const Config& config) {
  ReceiverPolicies policies;
  for (const ReceiverSection& section : config.receivers) {
    if (section.issuer != issuer) continue;
    TOCSIN_TRY(transmitter::ReceiverPolicy policy, policy_of(section));
    policies.emplace(TenantKey{section.token_issuer, section.client_id}, std::move(policy));
  }
  return policies;
}

const TenantSection* section_of(const std::string& issuer, const Config& config) {
  if (config.transmitter.issuer == issuer) return &config.transmitter;
  const auto tenant = std::ranges::find(config.tenants, issuer, &TenantSection::issuer);
  return tenant == config.tenants.end() ? nullptr : &*tenant;
}

std::string store_path(const Config& config) {
  const std::filesystem::path path(config.store.url.substr(std::string_view("sqlite:").size()));
  return path.is_absolute() ? path.string() : config.folder + '/' + path.string();
}

}  // namespace tocsin::app
