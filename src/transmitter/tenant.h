// One issuer of ours: what it is called, what it offers, who its receivers are and what signs for
// it. A process may hold several; the path of a request says which one is meant.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/tenant_key.h"
#include "tocsin/stream_requests.h"
#include "tocsin/transmitter_metadata.h"
#include "transmitter/issuer_urls.h"
#include "transmitter/receiver_policy.h"

namespace tocsin::transmitter {

class Signer;

// What the operator decides about a tenant.
struct TenantTerms {
  std::string issuer;
  std::vector<std::string> events_supported{};
  bool push = true;
  bool poll = true;
  UrlRules push_urls{};
  std::optional<std::chrono::seconds> min_verification_interval{};
  std::optional<std::chrono::seconds> inactivity_timeout{};  // nothing: a stream may be silent
  DefaultSubjects default_subjects = DefaultSubjects::ALL;
  std::vector<std::string> critical_subject_members{};
  std::vector<AuthorizationScheme> authorization_schemes{};  // beside OAuth 2.0
  std::size_t streams_max = 10;                              // of one receiver
  std::size_t subjects_max = 1'000'000;                      // entries of one stream
};

// Paths below the issuer's.
inline constexpr std::string_view configuration_path = "/ssf/streams";
inline constexpr std::string_view status_path = "/ssf/status";
inline constexpr std::string_view add_subject_path = "/ssf/subjects/add";
inline constexpr std::string_view remove_subject_path = "/ssf/subjects/remove";
inline constexpr std::string_view verification_path = "/ssf/verification";
inline constexpr std::string_view poll_path = "/ssf/poll/";

// For the loop's thread.
class Tenant {
 public:
  // config_invalid: no issuer, no delivery method, a limit of zero. `signer` must outlive it.
  static Result<std::unique_ptr<Tenant>> open(TenantTerms terms, Signer& signer);

  const TenantTerms& terms() const noexcept { return terms_; }
  const IssuerUrls& urls() const noexcept { return urls_; }
  const std::string& issuer() const noexcept { return terms_.issuer; }
  Signer& signer() const noexcept { return signer_; }

  // What it publishes about itself (SSF 7.1).
  TransmitterMetadata metadata() const;

  // nullptr: the operator has not registered this receiver here.
  const ReceiverPolicy* receiver(const TenantKey& key) const noexcept;
  // The receivers that may have this event (SEC-14); nothing: all of them.
  std::optional<std::vector<TenantKey>> receivers_for(const Event& event,
                                                      const Subject& subject) const;
  void replace_receivers(std::map<TenantKey, ReceiverPolicy> receivers);

  // The `aud` of a new stream (SEC-11).
  std::vector<std::string> aud_of(const TenantKey& key, std::string_view stream_id) const;

  // Unique for each stream (SSF 6.1.2), and no secret (SEC-10).
  std::string poll_url(std::string_view stream_id) const;

 private:
  Tenant(TenantTerms terms, IssuerUrls urls, Signer& signer)
      : terms_(std::move(terms)), urls_(std::move(urls)), signer_(signer) {}

  const TenantTerms terms_;
  const IssuerUrls urls_;
  Signer& signer_;
  std::map<TenantKey, ReceiverPolicy> receivers_;
  bool has_limits_ = false;  // some receiver may not have everything
};

}  // namespace tocsin::transmitter
