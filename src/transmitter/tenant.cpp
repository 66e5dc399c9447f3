#include "transmitter/tenant.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "http/parameters.h"
#include "tocsin/stream_config.h"

namespace tocsin::transmitter {
namespace {

constexpr std::string_view oauth_urn = "urn:ietf:rfc:6749";

}  // namespace

Result<std::unique_ptr<Tenant>> Tenant::open(TenantTerms terms, Signer& signer) {
  TOCSIN_TRY(IssuerUrls urls, IssuerUrls::of(terms.issuer));
  if (!terms.push && !terms.poll) return Error(Errc::config_invalid, "no delivery method");
  if (terms.streams_max == 0) return Error(Errc::config_invalid, "no stream is allowed");
  if (terms.subjects_max == 0) return Error(Errc::config_invalid, "no subject is allowed");
  return std::unique_ptr<Tenant>(new Tenant(std::move(terms), std::move(urls), signer));
}

TransmitterMetadata Tenant::metadata() const {
  TransmitterMetadata metadata;
  metadata.spec_version = "1_0";
  metadata.issuer = issuer();
  metadata.jwks_uri = urls_.url(jwks_path);
  const auto offer = [&metadata](DeliveryMethod method) {
    metadata.delivery_methods_supported.emplace_back(wire_name(method));
  };
  if (terms_.push) offer(DeliveryMethod::push);
  if (terms_.poll) offer(DeliveryMethod::poll);
  metadata.configuration_endpoint = urls_.url(configuration_path);
  metadata.status_endpoint = urls_.url(status_path);
  metadata.add_subject_endpoint = urls_.url(add_subject_path);
  metadata.remove_subject_endpoint = urls_.url(remove_subject_path);
  metadata.verification_endpoint = urls_.url(verification_path);
  metadata.critical_subject_members = terms_.critical_subject_members;
  metadata.authorization_schemes = {{std::string(oauth_urn)}};
  for (const AuthorizationScheme& scheme : terms_.authorization_schemes) {
    if (scheme.spec_urn != oauth_urn) metadata.authorization_schemes.push_back(scheme);
  }
  metadata.default_subjects = terms_.default_subjects;
  return metadata;
}

const ReceiverPolicy* Tenant::receiver(const TenantKey& key) const noexcept {
  const auto found = receivers_.find(key);
  return found == receivers_.end() ? nullptr : &found->second;
}

void Tenant::replace_receivers(std::map<TenantKey, ReceiverPolicy> receivers) {
  receivers_ = std::move(receivers);
  has_limits_ = std::ranges::any_of(receivers_, [](const auto& each) {
    return each.second.event_types || each.second.subjects != SubjectScope::all;
  });
}

std::optional<std::vector<TenantKey>> Tenant::receivers_for(const Event& event,
                                                            const Subject& subject) const {
  if (!has_limits_) return std::nullopt;
  std::vector<TenantKey> allowed;
  for (const auto& [key, policy] : receivers_) {
    if (may_have(policy, event, subject)) allowed.push_back(key);
  }
  return allowed;
}

std::vector<std::string> Tenant::aud_of(const TenantKey& key, std::string_view stream_id) const {
  const ReceiverPolicy* policy = receiver(key);
  if (policy != nullptr && !policy->aud.empty()) return policy->aud;
  std::string below = "/";
  http::append_encoded(below, key.client_id);
  below.append("/").append(stream_id);
  return {urls_.url(below)};
}

std::string Tenant::poll_url(std::string_view stream_id) const {
  return urls_.url(std::string(poll_path) + std::string(stream_id));
}

}  // namespace tocsin::transmitter
